namespace S3Mount.FileSystem.Snapshots;

/// <summary>A snapshot cannot be made or used. The message is one line that names the file and says what to do.</summary>
public sealed class SnapshotException : Exception
{
    public SnapshotException(SnapshotFailure failure, string message, Exception? innerException = null)
        : base(message, innerException) => Failure = failure;

    public SnapshotFailure Failure { get; }
}
