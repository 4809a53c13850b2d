using S3Mount.ObjectStore;
using S3Mount.Telemetry;

namespace S3Mount.Hosting.Datasets;

/// <summary>The stores of a mount together, those among it that are gone: what was done stays done. Any thread.</summary>
internal sealed class StoreTotals : IStoreFigures
{
    private readonly Lock _gate = new();
    private readonly List<IStoreFigures> _stores = []; // guarded by _gate
    private ObjectStoreStatistics _ended; // guarded by _gate
    private ObjectStoreHealth _endedHealth = new(); // guarded by _gate

    public ObjectStoreStatistics Statistics
    {
        get
        {
            lock (_gate)
                return _stores.Aggregate(_ended, (sum, store) => sum + store.Statistics);
        }
    }

    public ObjectStoreHealth Health
    {
        get
        {
            lock (_gate)
                return _stores.Aggregate(_endedHealth, (sum, store) => sum + store.Health);
        }
    }

    public int MaxConnections
    {
        get
        {
            lock (_gate)
                return _stores.Sum(store => store.MaxConnections);
        }
    }

    public void Add(IStoreFigures store)
    {
        lock (_gate)
            _stores.Add(store);
    }

    /// <summary>It does nothing any more.</summary>
    public void End(IStoreFigures store)
    {
        lock (_gate)
        {
            if (!_stores.Remove(store))
                return;
            _ended += store.Statistics;
            // Only what was counted: nothing is sent to it.
            _endedHealth += store.Health with { GetLimit = 0, ListLimit = 0, InUse = 0, IsProbed = false };
        }
    }
}
