namespace S3Mount.FileSystem.Warming;

/// <summary>How far a mount has brought all of its files near by itself.</summary>
/// <param name="State"><c>running</c>, <c>waiting</c> (it goes on in a minute: the store or the disk has failed), <c>done</c>,
/// <c>failed</c> (a bug; the log has it).</param>
public sealed record HydrationStatus(string State, WarmProgress Progress);
