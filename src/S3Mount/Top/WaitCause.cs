namespace S3Mount.Top;

/// <summary>What keeps the requests of readers waiting (<see cref="WaitShares"/>).</summary>
internal enum WaitCause
{
    StoreLatency,
    Bandwidth,
    Connections,
    Retries,
    DiskCache,
    Memory,
    Listings,
    DaemonCpu,
}
