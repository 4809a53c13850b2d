namespace S3Mount.Telemetry;

/// <summary>Some of the times of a <see cref="LatencyFigures"/>.</summary>
/// <param name="End">What they took at most, in seconds, and more than the end of the bucket before; absent: longer than all buckets.</param>
internal readonly record struct LatencyBucket(double? End, long Count);
