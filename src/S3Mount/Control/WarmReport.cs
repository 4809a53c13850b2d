using S3Mount.FileSystem.Warming;

namespace S3Mount.Control;

/// <summary>How far a job has come that a client has begun.</summary>
internal sealed record WarmReport(string Job, WarmProgress Progress);
