namespace S3Mount.Testing.S3Server;

/// <summary>What a server has done since the start or the last reset.</summary>
/// <param name="Requests">By operation; those that never came are left out.</param>
/// <param name="BytesSent">Of bodies.</param>
/// <param name="MostAtOnce">The most requests whose answers were under way at one time.</param>
public sealed record S3ServerStatistics(IReadOnlyDictionary<string, long> Requests, long TotalRequests, long BytesSent, long ConnectionsAccepted, long ConnectionsOpen, int RequestsInFlight, int MostAtOnce);
