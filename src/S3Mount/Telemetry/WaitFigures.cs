namespace S3Mount.Telemetry;

/// <summary>
/// What was waited for since the mount began, in seconds, of all who waited together: ten readers that wait a second are ten. The others are
/// parts of what readers wait for blocks, and of what is fetched ahead of them.
/// </summary>
/// <param name="Blocks">Readers, for bytes that were not in memory.</param>
/// <param name="Memory">Readers, for memory of the budget.</param>
/// <param name="Disk">Fetches, for the disk cache.</param>
/// <param name="Connection">Requests, for one of the connections.</param>
/// <param name="Retry">Requests, for their next try after one that failed.</param>
internal sealed record WaitFigures(double Blocks, double Memory, double Disk, double Connection, double Retry);
