namespace S3Mount.ObjectStore.S3;

/// <summary>Where a bucket is and how it is asked. What is null is resolved as the AWS CLI does.</summary>
public sealed record S3StoreOptions
{
    public required string Bucket { get; init; }

    /// <summary>Used for the first request of <see cref="S3ObjectStore.OpenAsync"/>, so that policies with s3:prefix are content.</summary>
    public string Prefix { get; init; } = "";

    /// <summary>Null: AWS_REGION, AWS_DEFAULT_REGION, the profile, IMDS; then what the bucket itself says.</summary>
    public string? Region { get; init; }

    /// <summary>Null: AWS_ENDPOINT_URL_S3, AWS_ENDPOINT_URL, the profile; then AWS.</summary>
    public string? EndpointUrl { get; init; }

    public string? Profile { get; init; }

    /// <summary>Requests carry no signature: anonymous public buckets.</summary>
    public bool NoSignRequest { get; init; }

    public bool RequesterPays { get; init; }

    /// <summary>
    /// An endpoint that is an IP address or a bare host name (localhost), and a bucket name with dots over https, imply it; so
    /// does <c>addressing_style = path</c> in the profile.
    /// </summary>
    public bool ForcePathStyle { get; init; }

    /// <summary>PEM file with certificates to trust besides the system's; null: AWS_CA_BUNDLE, or none.</summary>
    public string? CaBundle { get; init; }

    /// <summary>Requests under way at once.</summary>
    public int MaxConnections { get; init; } = DefaultMaxConnections;

    /// <summary>How long a request is tried again before it fails; <see cref="Timeout.InfiniteTimeSpan"/>: for ever.</summary>
    public TimeSpan IoDeadline { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>Who is told of every try; null: nobody.</summary>
    public IStoreObserver? Observer { get; init; }

    /// <summary>
    /// An object of which opening asks for a byte, instead of a list page: for who knows what there is, and may be allowed to read alone.
    /// Whether it is still there in that version, <see cref="S3ObjectStore.ProbeFailure"/> tells. It may be found while the store is
    /// opened: it is awaited when all else is ready, and opening fails as it does. A result of null asks for the list page.
    /// </summary>
    public Task<ObjectInfo?>? Probe { get; init; }

    /// <summary>
    /// 64 connections at 80 MB/s each are 40 Gbit/s, and 32 readers with a readahead request each fit; to be measured by the bench.
    /// </summary>
    public const int DefaultMaxConnections = 64;
}
