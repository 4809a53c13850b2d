using S3Mount.Benchmarks.Clients;
using S3Mount.Benchmarks.Mounts;

namespace S3Mount.Benchmarks.Results;

/// <summary>One measurement: what a client saw, what the mount process used and what the store was asked meanwhile.</summary>
internal readonly record struct Sample(ClientResult Client, double MountCpu, long MountPeakBytes, double StoreCpu, StoreCounts Store);
