using System.Globalization;
using S3Mount.CommandLine;
using S3Mount.Control.Client;
using S3Mount.Doctor.Machine;
using S3Mount.ObjectStore.S3;

namespace S3Mount.Doctor;

/// <summary>From what was found to options, each with its reason. What is not known recommends nothing.</summary>
internal static class Recommendations
{
    /// <summary>Where a throughput that needs fewer connections is reached, listings and many small reads still want some of their own.</summary>
    private const int FewestConnections = 8;

    /// <summary>At 5,000 keys/s the 1.28 million files of ImageNet take four minutes: not every minute.</summary>
    private const double SlowListing = 5_000;

    /// <summary>A thousand directories of one page each then take minutes, a few at a time.</summary>
    private static readonly TimeSpan _slowPage = TimeSpan.FromMilliseconds(200);

    /// <summary>In the same region a round trip takes a millisecond or two; each small file waits for one.</summary>
    private static readonly TimeSpan _far = TimeSpan.FromMilliseconds(5);

    /// <summary>A plain NVMe disk reads three times that.</summary>
    private const double SlowStore = 400_000_000;

    /// <summary>An eighth of less than <see cref="MemoryCheck.Enough"/>; the least that a mount takes is 16 MiB.</summary>
    private const long SmallMemory = 64L << 20;

    public static IReadOnlyList<Recommendation> Of(Findings findings, string? givenCache, uint user) =>
    [
        .. new[] { Region(findings), PathStyle(findings) }.OfType<Recommendation>(),
        // Before there is a store that can be mounted nothing else helps.
        .. findings.Store is null ? [] : new[] { Connections(findings), Memory(findings), Ttl(findings), Cache(findings, givenCache, user) }.OfType<Recommendation>(),
    ];

    private static Recommendation? Region(Findings findings)
    {
        string? region = findings.Store?.Region ?? findings.Contact?.BucketRegion;
        return findings.Place is { } place && region is not null && region != place.Region
            ? new Recommendation(MountOptions.Region.LongName, region, $"the bucket is there, and {place.RegionSource} names {place.Region}")
            : null;
    }

    private static Recommendation? PathStyle(Findings findings) =>
        findings.NeedsPathStyle ? new Recommendation(MountOptions.ForcePathStyle.LongName, null, "the store has no host name for the bucket") : null;

    private static Recommendation? Connections(Findings findings)
    {
        if (findings.Throughput is not { } curve)
            return null;
        int count = Math.Max(FewestConnections, curve.Knee.Connections);
        string rate = $"{DoctorText.Rate(curve.Knee.BytesPerSecond)} with {curve.Knee.Connections}";
        string reason = curve.IsGrowing ? $"{rate}, the most that was tried, and it still grows"
            : curve.Knee.Connections < count ? $"{rate}, and hardly more with more; fewer than {count} would let listings and small reads wait"
            : $"{rate}, and hardly more with more";
        return count == S3StoreOptions.DefaultMaxConnections && !curve.IsGrowing
            ? null
            : new Recommendation(MountOptions.MaxConnections.LongName, count.ToString(CultureInfo.InvariantCulture), reason);
    }

    private static Recommendation? Memory(Findings findings) => findings.MemoryLimit is { } limit && limit < MemoryCheck.Enough
        ? new Recommendation(MountOptions.Memory.LongName, $"{SmallMemory >> 20}MiB", $"there are only {StatusText.Size(limit)}, for the programs too")
        : null;

    private static Recommendation? Ttl(Findings findings)
    {
        if (findings.Listing is not { } listing)
            return null;
        string? slow = listing.KeysPerSecond is { } rate && rate < SlowListing ? string.Create(CultureInfo.InvariantCulture, $"listing brings {rate:N0} keys/s")
            : listing.PageTime > _slowPage ? $"a page of a listing takes {DoctorText.Time(listing.PageTime)}"
            : null;
        return slow is null ? null : new Recommendation(MountOptions.MetadataTtl.LongName, "1h", $"{slow}; if the dataset does not change, it need not be listed every minute");
    }

    private static Recommendation? Cache(Findings findings, string? given, uint user)
    {
        string? reason = findings.Contact is { RoundTrips: [var shortest, ..] } && shortest > _far ? $"a round trip takes {DoctorText.Time(shortest)}"
            : findings.Throughput is { } curve && curve.Knee.BytesPerSecond < SlowStore ? $"a local disk reads more than {DoctorText.Rate(curve.Knee.BytesPerSecond)}"
            : null;
        string directory = given ?? (user == 0 ? "/var/cache/s3mount" : Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".cache/s3mount"));
        return reason is null ? null : new Recommendation(MountOptions.Cache.LongName, directory, $"{reason}: every epoch but the first is read from the disk");
    }
}
