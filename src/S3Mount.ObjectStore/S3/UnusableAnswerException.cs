namespace S3Mount.ObjectStore.S3;

/// <summary>An answer came whole, and cannot be used; the requester makes the store's failure of it.</summary>
internal sealed class UnusableAnswerException(ObjectStoreFailure failure, string reason) : Exception(reason)
{
    public ObjectStoreFailure Failure { get; } = failure;

    public static UnusableAnswerException Malformed(string reason) => new(ObjectStoreFailure.Malformed, reason);
}
