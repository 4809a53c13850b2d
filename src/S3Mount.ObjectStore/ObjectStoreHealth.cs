namespace S3Mount.ObjectStore;

/// <summary>What trouble a store gave so far, and what was done about it. Read at any time from any thread.</summary>
public sealed record ObjectStoreHealth
{
    /// <summary>Requests that were sent beside another whose answer took too long to begin; they count as requests too.</summary>
    public long Hedges { get; init; }

    /// <summary>Of these, those that were answered first.</summary>
    public long HedgesWon { get; init; }

    /// <summary>Requests that were ended because nothing came any more.</summary>
    public long Stalls { get; init; }

    /// <summary>Requests that the store refused because there were too many (503, 429, SlowDown).</summary>
    public long Throttled { get; init; }

    /// <summary>How many reads the store is sent at once at most: all connections, or fewer after it throttled.</summary>
    public int GetLimit { get; init; }

    /// <summary>The same for listings.</summary>
    public int ListLimit { get; init; }

    /// <summary>Requests that are under way now, each on a connection of its own.</summary>
    public int InUse { get; init; }

    /// <summary>The store answers nobody: retries wait, but for one now and then that looks whether it is back.</summary>
    public bool IsProbed { get; init; }

    /// <summary>Of several stores together; one that answers nobody is enough for <see cref="IsProbed"/>.</summary>
    public static ObjectStoreHealth operator +(ObjectStoreHealth left, ObjectStoreHealth right) => new()
    {
        Hedges = left.Hedges + right.Hedges,
        HedgesWon = left.HedgesWon + right.HedgesWon,
        Stalls = left.Stalls + right.Stalls,
        Throttled = left.Throttled + right.Throttled,
        GetLimit = left.GetLimit + right.GetLimit,
        ListLimit = left.ListLimit + right.ListLimit,
        InUse = left.InUse + right.InUse,
        IsProbed = left.IsProbed || right.IsProbed,
    };
}
