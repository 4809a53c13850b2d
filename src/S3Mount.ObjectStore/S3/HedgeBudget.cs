namespace S3Mount.ObjectStore.S3;

/// <summary>How many second requests may be sent beside others: by their share of all, and at once. Any thread.</summary>
internal sealed class HedgeBudget(int maxConnections)
{
    // In thousandths of a hedge. One request in twenty: a store that slows down under its load gets 5 % more of it, and no more.
    private const int Price = 1000;
    private const int Earned = 50;

    // What may be spent at once: the first stalls of a mount, and a few that come together.
    private const int Most = 10 * Price;

    private readonly int _mostAtOnce = AtOnce(maxConnections);
    private int _saved = Most;
    private int _underWay;

    /// <summary>
    /// Connections besides those of the slots, so that no hedge waits for one that is held by what it is to replace. A quarter: when
    /// more stand still than that it is the store, or the way to it.
    /// </summary>
    public static int AtOnce(int maxConnections) => Math.Max(2, maxConnections / 4);

    /// <summary>A request has been sent.</summary>
    public void Earn()
    {
        if (Volatile.Read(ref _saved) < Most)
            Interlocked.Add(ref _saved, Earned);
    }

    /// <summary>True: one may be sent, and <see cref="Release"/> follows once one of those side by side is over.</summary>
    public bool TryTake()
    {
        if (Interlocked.Increment(ref _underWay) > _mostAtOnce)
        {
            Interlocked.Decrement(ref _underWay);
            return false;
        }
        if (Interlocked.Add(ref _saved, -Price) >= 0)
            return true;
        Interlocked.Add(ref _saved, Price);
        Interlocked.Decrement(ref _underWay);
        return false;
    }

    public void Release() => Interlocked.Decrement(ref _underWay);
}
