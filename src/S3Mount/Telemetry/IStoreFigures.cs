using S3Mount.ObjectStore;

namespace S3Mount.Telemetry;

/// <summary>How the store of a mount does, or all of its stores together. Any thread; waits for nothing.</summary>
internal interface IStoreFigures
{
    /// <summary>Never less than it was.</summary>
    ObjectStoreStatistics Statistics { get; }

    ObjectStoreHealth Health { get; }

    /// <summary>Requests that may be under way at once.</summary>
    int MaxConnections { get; }
}
