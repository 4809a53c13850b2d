namespace S3Mount.Telemetry;

/// <summary>The last failure of its kind.</summary>
/// <param name="Reason">In a few words, where more is known than the error.</param>
internal sealed record FailureMoment(DateTimeOffset Time, string Operation, string Error, string? Reason);
