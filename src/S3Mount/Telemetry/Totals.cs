namespace S3Mount.Telemetry;

/// <summary>Counts since the mount began, of which rates are made.</summary>
/// <param name="Read">Bytes that READs were answered with.</param>
/// <param name="Store">Bytes that came from the store.</param>
/// <param name="Disk">Bytes that came from the disk cache.</param>
/// <param name="Requests">Of the kernel.</param>
internal readonly record struct Totals(long Read, long Store, long Disk, long Requests);
