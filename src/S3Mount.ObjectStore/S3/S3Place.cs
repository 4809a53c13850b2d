namespace S3Mount.ObjectStore.S3;

/// <summary>Where the requests for a bucket go, and which settings say so.</summary>
public sealed record S3Place
{
    /// <summary>What is asked for the bucket itself: <c>https://bucket.s3.eu-west-1.amazonaws.com</c>, <c>http://10.0.0.5:9000/bucket</c>.</summary>
    public required Uri Address { get; init; }

    /// <summary>The setting that named the endpoint, such as <c>AWS_ENDPOINT_URL</c>; <c>AWS</c> when none did.</summary>
    public required string EndpointSource { get; init; }

    /// <summary>Scheme, host and port of a store that is not AWS; null for AWS.</summary>
    public required string? CustomUrl { get; init; }

    /// <summary>The bucket is in the path, not in the host.</summary>
    public required bool IsPathStyle { get; init; }

    /// <summary>That requests are signed for, until the bucket says that it is in another.</summary>
    public required string Region { get; init; }

    /// <summary>The setting that named the region, such as <c>AWS_REGION</c>.</summary>
    public required string RegionSource { get; init; }

    /// <summary>PEM file with certificates to trust besides the system's, or null.</summary>
    public required string? CaBundle { get; init; }

    /// <summary>The files of ~/.aws that could not be read, and why.</summary>
    public IReadOnlyList<string> Problems { get; init; } = [];
}
