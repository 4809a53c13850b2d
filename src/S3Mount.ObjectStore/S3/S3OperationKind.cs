namespace S3Mount.ObjectStore.S3;

/// <summary>What is asked of a store.</summary>
public enum S3OperationKind
{
    Get,
    Head,
    List,
}
