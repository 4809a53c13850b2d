namespace S3Mount.ObjectStore;

/// <summary>The ways in which a store can fail, told apart by status and code, never by text.</summary>
public enum ObjectStoreFailure
{
    /// <summary>404 on a key.</summary>
    NotFound,
    /// <summary>404 NoSuchBucket.</summary>
    NoSuchBucket,
    /// <summary>412, or an answer whose ETag or length is that of another version.</summary>
    PreconditionFailed,
    /// <summary>403 after the credentials have been refreshed once; requester pays is a possible cause.</summary>
    AccessDenied,
    /// <summary>No credentials could be found, or they could not be refreshed before the deadline.</summary>
    NoCredentials,
    /// <summary>403 InvalidObjectState: the object must be restored first.</summary>
    Archived,
    /// <summary>The bucket lies in another region and the store did not say in which, or only on a host that is not trusted.</summary>
    WrongRegion,
    /// <summary>Throttled, broken or unreachable until the deadline.</summary>
    Unavailable,
    /// <summary>416, an answer that contradicts itself, or one that cannot be read.</summary>
    Malformed,
    /// <summary>The request itself is wrong (400, 405, 501, ...): asking again cannot help.</summary>
    Rejected,
}

/// <summary>A failed request to the store. The message is one line for a log: what failed, on which key, and what to do.</summary>
public sealed class ObjectStoreException : Exception
{
    public ObjectStoreException(ObjectStoreFailure failure, string message, Exception? innerException = null)
        : base(message, innerException) => Failure = failure;

    public ObjectStoreFailure Failure { get; }

    /// <summary>The key or prefix that was asked for.</summary>
    public ObjectKey? Key { get; init; }

    /// <summary>The last HTTP status; 0 when there was no answer.</summary>
    public int Status { get; init; }

    /// <summary>The code of the error document, such as <c>SlowDown</c>; null without one.</summary>
    public string? Code { get; init; }

    /// <summary>x-amz-request-id of the last answer.</summary>
    public string? RequestId { get; init; }
}
