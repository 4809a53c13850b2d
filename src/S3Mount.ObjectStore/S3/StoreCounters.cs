namespace S3Mount.ObjectStore.S3;

/// <summary>Counts tries and bytes. Any thread.</summary>
internal sealed class StoreCounters
{
    private long _gets;
    private long _heads;
    private long _lists;
    private long _retries;
    private long _bytesRead;
    private long _hedges;
    private long _hedgesWon;
    private long _stalls;
    private long _throttled;
    private long _compared;

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

    /// <summary>A request beside another: one more of its kind, and no retry.</summary>
    public void CountHedge(S3OperationKind kind)
    {
        CountTry(kind, isRetry: false);
        Interlocked.Increment(ref _hedges);
    }

    public void CountHedgeWon() => Interlocked.Increment(ref _hedgesWon);

    public void CountStall() => Interlocked.Increment(ref _stalls);

    public void CountThrottled() => Interlocked.Increment(ref _throttled);

    /// <summary>An object came whole, and its bytes are those of the checksum that came with it.</summary>
    public void CountCompared() => Interlocked.Increment(ref _compared);

    public long Compared => Interlocked.Read(ref _compared);

    public void CountBytes(int bytes) => Interlocked.Add(ref _bytesRead, bytes);

    public ObjectStoreHealth ReadHealth() => new()
    {
        Hedges = Interlocked.Read(ref _hedges),
        HedgesWon = Interlocked.Read(ref _hedgesWon),
        Stalls = Interlocked.Read(ref _stalls),
        Throttled = Interlocked.Read(ref _throttled),
    };

    public ObjectStoreStatistics Read() => new(
        Interlocked.Read(ref _gets), Interlocked.Read(ref _heads), Interlocked.Read(ref _lists), Interlocked.Read(ref _retries), Interlocked.Read(ref _bytesRead));
}
