namespace S3Mount.Testing;

/// <summary>What a store can be asked.</summary>
public enum StoreOperation
{
    Head,
    List,
    Get,
}
