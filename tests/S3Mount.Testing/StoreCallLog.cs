using S3Mount.ObjectStore;

namespace S3Mount.Testing;

/// <summary>What a fake store has been asked. Any thread.</summary>
internal sealed class StoreCallLog
{
    private readonly Lock _gate = new();
    private readonly List<StoreCall> _calls = [];
    private readonly int[] _counts = new int[Enum.GetValues<StoreOperation>().Length];
    private int _inFlight;
    private int _maxInFlight;

    public IReadOnlyList<StoreCall> Calls
    {
        get
        {
            lock (_gate)
                return [.. _calls];
        }
    }

    public int InFlight
    {
        get
        {
            lock (_gate)
                return _inFlight;
        }
    }

    public int MaxInFlight
    {
        get
        {
            lock (_gate)
                return _maxInFlight;
        }
    }

    public int Count(StoreOperation operation)
    {
        lock (_gate)
            return _counts[(int)operation];
    }

    public StoreCall Begin(StoreOperation operation, ObjectKey key, long offset, int length, ListPageRequest? list)
    {
        lock (_gate)
        {
            // The caller may use the key's memory again once the call is over.
            var copy = new ObjectKey(key.Utf8.ToArray());
            var call = new StoreCall(operation, ++_counts[(int)operation], copy, offset, length, list);
            _calls.Add(call);
            _maxInFlight = Math.Max(_maxInFlight, ++_inFlight);
            return call;
        }
    }

    public void End()
    {
        lock (_gate)
            _inFlight--;
    }

    public void Reset()
    {
        lock (_gate)
        {
            _calls.Clear();
            Array.Clear(_counts);
            _maxInFlight = _inFlight;
        }
    }
}
