namespace S3Mount.Testing.S3Server.Faults;

/// <summary>What a store can do: requests within it pass. Null is without a limit.</summary>
public sealed record FaultCapacity
{
    /// <summary>Requests a second; what lay idle is kept for one second, no longer, as a store does that counts by the second.</summary>
    public double? PerSecond { get; init; }

    /// <summary>Requests that have passed and whose answers are not sent to their end.</summary>
    public int? AtOnce { get; init; }
}
