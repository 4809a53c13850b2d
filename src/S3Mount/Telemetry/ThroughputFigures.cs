namespace S3Mount.Telemetry;

/// <summary>What goes on now, per second.</summary>
/// <param name="Seconds">Over which it was measured.</param>
/// <param name="ReadBytes">That READs were answered with.</param>
/// <param name="StoreBytes">That came from the store.</param>
/// <param name="DiskBytes">That came from the disk cache.</param>
/// <param name="Requests">Of the kernel.</param>
internal sealed record ThroughputFigures(double Seconds, double ReadBytes, double StoreBytes, double DiskBytes, double Requests);
