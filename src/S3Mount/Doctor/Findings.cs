using S3Mount.Doctor.Speed;
using S3Mount.Doctor.Store;
using S3Mount.ObjectStore.S3;

namespace S3Mount.Doctor;

/// <summary>
/// What checks have found out and others build on; what is null is not known. One check at a time writes; one that was given up may
/// still write what it has found meanwhile.
/// </summary>
internal sealed class Findings
{
    /// <summary>Bytes.</summary>
    public long? MemoryLimit { get; set; }

    public S3Place? Place { get; set; }

    /// <summary>That requests go through.</summary>
    public Uri? Proxy { get; set; }

    /// <summary>The host could be looked up, or need not be.</summary>
    public bool IsHostKnown { get; set; }

    /// <summary>The host exists without the bucket before it, and not with it.</summary>
    public bool NeedsPathStyle { get; set; }

    public S3Contact? Contact { get; set; }

    /// <summary>There are credentials, or none are wanted.</summary>
    public bool IsSignedIn { get; set; }

    public ExaminedStore? Store { get; set; }

    /// <summary>Why it could not be opened.</summary>
    public ObjectStore.ObjectStoreException? OpenFailure { get; set; }

    public ObjectSample Sample { get; } = new();

    /// <summary>An object could be read.</summary>
    public bool IsReadable { get; set; }

    public ListingSpeed? Listing { get; set; }

    /// <summary>The median.</summary>
    public TimeSpan? FirstByte { get; set; }

    public ThroughputCurve? Throughput { get; set; }
}
