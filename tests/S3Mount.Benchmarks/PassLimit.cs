using S3Mount.Benchmarks.Clients;
using S3Mount.Benchmarks.Contenders;

namespace S3Mount.Benchmarks;

/// <summary>How long a client may take for one pass; then its process is killed.</summary>
/// <param name="IsFailure">What takes longer has failed; else it ends as a sample of which the time is a lower bound.</param>
internal readonly record struct PassLimit(TimeSpan Time, bool IsFailure)
{
    /// <summary>
    /// For s3mount, for ceilings, and for what is not timed. The longest that ends well is a client that lists a million keys page
    /// after page, in a minute.
    /// </summary>
    public static PassLimit Longest { get; } = new(TimeSpan.FromSeconds(120), IsFailure: true);

    /// <summary>
    /// s3mount reads in 10 s at most: how far behind 30 s somebody is matters to nobody. Without its cache rclone copies 256 MiB
    /// out of a mapping in 143 s from a remote store.
    /// </summary>
    public static PassLimit OfPeer { get; } = new(TimeSpan.FromSeconds(30), IsFailure: false);

    /// <summary>Where the median of single reads is compared, the time of a pass that was ended says nothing.</summary>
    public static PassLimit Of(Contender contender, WorkloadKind kind) =>
        !contender.IsPeer() ? Longest : OfPeer with { IsFailure = kind == WorkloadKind.FirstByte };
}
