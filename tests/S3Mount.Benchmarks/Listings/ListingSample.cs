using S3Mount.Benchmarks.Results;

namespace S3Mount.Benchmarks.Listings;

/// <summary>One measurement of a listing.</summary>
/// <param name="Pass">What the client saw, and what mount and store did meanwhile.</param>
/// <param name="MountSeconds">From the command to a mount that serves, where that counts; else 0.</param>
/// <param name="RssBefore">VmRSS of the mount's process before the pass; 0 where there is none.</param>
internal readonly record struct ListingSample(Sample Pass, double MountSeconds, long RssBefore)
{
    public double Seconds => Pass.Client.Seconds + MountSeconds;

    public double BytesPerFile => (double)(Pass.Mount.RssBytes - RssBefore) / Pass.Client.Files;
}
