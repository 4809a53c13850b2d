namespace S3Mount.Testing.S3Server.Faults;

/// <summary>The rules in force. Each request that matches is counted for each rule; several may take one. Any thread.</summary>
public sealed class FaultTable
{
    private readonly TimeProvider _timeProvider;
    private readonly Lock _gate = new();
    // Replaced as a whole under _gate; read without it.
    private volatile ActiveFault[] _active = [];
    // Guarded by _gate.
    private int _lastId;

    internal FaultTable(TimeProvider timeProvider) => _timeProvider = timeProvider;

    public IReadOnlyList<ActiveFault> Active => _active;

    public ActiveFault Add(FaultRule rule)
    {
        lock (_gate)
        {
            var added = new ActiveFault(++_lastId, rule, _timeProvider);
            _active = [.. _active, added];
            return added;
        }
    }

    /// <summary>The effect on each such request until the rule is removed.</summary>
    public ActiveFault Always(S3Operation operation, FaultEffect effect, string? key = null) =>
        Add(new FaultRule { Operation = operation, Key = key, Times = FaultRule.Always, Effect = effect });

    /// <summary>The effect on the next such requests.</summary>
    public ActiveFault Next(S3Operation operation, FaultEffect effect, int times = 1, string? key = null) =>
        Add(new FaultRule { Operation = operation, Key = key, Times = times, Effect = effect });

    /// <summary>The effect on such requests as the seed draws, until the rule is removed.</summary>
    public ActiveFault Sometimes(S3Operation operation, FaultEffect effect, double probability, int seed, string? key = null) =>
        Add(new FaultRule { Operation = operation, Key = key, Times = FaultRule.Always, Probability = probability, Seed = seed, Effect = effect });

    public void Remove(ActiveFault fault) => Remove(fault.Id);

    /// <summary>False when there is no such rule.</summary>
    public bool Remove(int id)
    {
        lock (_gate)
        {
            int before = _active.Length;
            _active = [.. _active.Where(active => active.Id != id)];
            return _active.Length < before;
        }
    }

    public void Clear()
    {
        lock (_gate)
            _active = [];
    }

    internal FaultCase[] Take(S3Request request)
    {
        ActiveFault[] active = _active;
        return active.Length == 0 ? [] : [.. active.Select(fault => fault.Take(request)).OfType<FaultCase>()];
    }
}
