namespace S3Mount.Testing.S3Server;

/// <summary>What has been asked, counted by operation, and the latest requests one by one. Any thread.</summary>
public sealed class RequestLog
{
    private readonly Lock _gate = new();
    private readonly int _capacity;
    // Both guarded by _gate.
    private readonly Queue<RequestLogEntry> _entries = [];
    private readonly long[] _counts = new long[Enum.GetValues<S3Operation>().Length];
    private int _inFlight;

    internal RequestLog(int capacity) => _capacity = capacity;

    /// <summary>The latest requests in the order in which they came.</summary>
    public IReadOnlyList<RequestLogEntry> Entries
    {
        get
        {
            lock (_gate)
                return [.. _entries];
        }
    }

    /// <summary>Requests that have come and whose answer is not ready.</summary>
    public int InFlight => Volatile.Read(ref _inFlight);

    /// <summary>Counted when a request comes, so that who has an answer finds it counted.</summary>
    public long Count(params ReadOnlySpan<S3Operation> operations)
    {
        long sum = 0;
        lock (_gate)
        {
            foreach (S3Operation operation in operations)
                sum += _counts[(int)operation];
        }
        return sum;
    }

    public long Total
    {
        get
        {
            lock (_gate)
                return _counts.Sum();
        }
    }

    internal Dictionary<string, long> CountsByName()
    {
        lock (_gate)
            return Enum.GetValues<S3Operation>().Where(operation => _counts[(int)operation] > 0).ToDictionary(operation => operation.ToString(), operation => _counts[(int)operation]);
    }

    internal RequestLogEntry Begin(S3Request request)
    {
        var entry = new RequestLogEntry(request);
        Interlocked.Increment(ref _inFlight);
        lock (_gate)
        {
            _counts[(int)request.Operation]++;
            if (_capacity > 0)
                _entries.Enqueue(entry);
            if (_entries.Count > _capacity)
                _entries.Dequeue();
        }
        return entry;
    }

    internal void End() => Interlocked.Decrement(ref _inFlight);

    internal void Reset()
    {
        lock (_gate)
        {
            _entries.Clear();
            Array.Clear(_counts);
        }
    }
}
