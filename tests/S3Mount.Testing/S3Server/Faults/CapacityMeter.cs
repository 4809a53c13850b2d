namespace S3Mount.Testing.S3Server.Faults;

/// <summary>Measures requests against a capacity. Its owner lets one thread in at a time.</summary>
internal sealed class CapacityMeter(FaultCapacity capacity, TimeProvider timeProvider)
{
    private double _free = capacity.PerSecond ?? 0;
    private long _measured = timeProvider.GetTimestamp();
    private int _inside;

    /// <summary>False above the capacity; else <see cref="Leave"/> follows when the request has been answered.</summary>
    public bool TryEnter()
    {
        if (_inside >= capacity.AtOnce)
            return false;
        if (capacity.PerSecond is { } perSecond)
        {
            long now = timeProvider.GetTimestamp();
            // At least one, or a store of less than one request a second would never let one pass.
            _free = Math.Min(Math.Max(1, perSecond), _free + (timeProvider.GetElapsedTime(_measured, now).TotalSeconds * perSecond));
            _measured = now;
            if (_free < 1)
                return false;
            _free--;
        }
        _inside++;
        return true;
    }

    public void Leave() => _inside--;
}
