namespace S3Mount.ObjectStore;

/// <summary>
/// The storage classes that matter to a reader (S3 API, Object.StorageClass); the text of every other class is kept as it is.
/// </summary>
public static class StorageClass
{
    public const string Standard = "STANDARD";

    /// <summary>Whether an object of this class must be restored before it can be read.</summary>
    public static bool IsArchived(string storageClass) => storageClass is "GLACIER" or "DEEP_ARCHIVE";
}
