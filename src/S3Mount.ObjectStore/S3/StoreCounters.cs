namespace S3Mount.ObjectStore.S3;

/// <summary>Counts tries and bytes. Any thread.</summary>
internal sealed class StoreCounters
{
    private long _gets;
    private long _heads;
    private long _lists;
    private long _retries;
    private long _bytesRead;

    public void CountTry(S3OperationKind kind, bool isRetry)
    {
        switch (kind)
        {
            case S3OperationKind.Get:
                Interlocked.Increment(ref _gets);
                break;
            case S3OperationKind.Head:
                Interlocked.Increment(ref _heads);
                break;
            default:
                Interlocked.Increment(ref _lists);
                break;
        }
        if (isRetry)
            Interlocked.Increment(ref _retries);
    }

    public void CountBytes(int bytes) => Interlocked.Add(ref _bytesRead, bytes);

    public ObjectStoreStatistics Read() => new(
        Interlocked.Read(ref _gets), Interlocked.Read(ref _heads), Interlocked.Read(ref _lists), Interlocked.Read(ref _retries), Interlocked.Read(ref _bytesRead));
}
