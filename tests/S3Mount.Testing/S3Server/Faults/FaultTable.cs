namespace S3Mount.Testing.S3Server.Faults;

/// <summary>The rules in force. Each request that matches is counted for each rule; several may take one. Any thread.</summary>
public sealed class FaultTable
{
    private readonly Lock _gate = new();
    // Replaced as a whole under _gate; read without it.
    private volatile ActiveFault[] _active = [];

    public IReadOnlyList<ActiveFault> Active => _active;

    public ActiveFault Add(FaultRule rule)
    {
        var added = new ActiveFault(rule);
        lock (_gate)
            _active = [.. _active, added];
        return added;
    }

    /// <summary>The effect on each such request until the rule is removed.</summary>
    public ActiveFault Always(S3Operation operation, FaultEffect effect, string? key = null) =>
        Add(new FaultRule { Operation = operation, Key = key, Times = FaultRule.Always, Effect = effect });

    /// <summary>The effect on the next such requests.</summary>
    public ActiveFault Next(S3Operation operation, FaultEffect effect, int times = 1, string? key = null) =>
        Add(new FaultRule { Operation = operation, Key = key, Times = times, Effect = effect });

    public void Remove(ActiveFault fault)
    {
        lock (_gate)
            _active = [.. _active.Where(active => active != fault)];
    }

    public void Clear()
    {
        lock (_gate)
            _active = [];
    }

    internal FaultEffect[] Take(S3Request request)
    {
        ActiveFault[] active = _active;
        return active.Length == 0 ? [] : [.. active.Where(fault => fault.Takes(request)).Select(fault => fault.Rule.Effect)];
    }
}
