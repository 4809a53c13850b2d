using S3Mount.ObjectStore.S3;

namespace S3Mount.FileSystem.Snapshots;

/// <summary>What a snapshot is a listing of.</summary>
public sealed record SnapshotOrigin
{
    public required string Bucket { get; init; }

    /// <summary>Empty, or ends in <c>/</c>.</summary>
    public string Prefix { get; init; } = "";

    /// <summary>Scheme, host and port of a store that is not AWS; null for AWS, where a bucket's name is its own in all regions of a partition.</summary>
    public string? EndpointUrl { get; init; }

    /// <summary>
    /// For people, and for whoever asks the store again. A bucket has one region, so it tells no two apart but by its partition; empty:
    /// not known.
    /// </summary>
    public string Region { get; init; } = "";

    /// <summary>What the store is called: <see cref="S3StoreName"/>.</summary>
    public string Store => S3StoreName.Of(EndpointUrl, Region);

    /// <summary>For people: <c>s3://bucket/prefix/</c>.</summary>
    public string Url => $"s3://{Bucket}/{Prefix}";

    /// <summary>Whether both name the same keys of the same store.</summary>
    public bool IsSameAs(SnapshotOrigin other) =>
        Bucket == other.Bucket && Prefix == other.Prefix && string.Equals(EndpointUrl, other.EndpointUrl, StringComparison.OrdinalIgnoreCase)
        && (Region.Length == 0 || other.Region.Length == 0 || Store == other.Store);

    /// <summary>With the store, for people: <c>s3://bucket/prefix/ at http://10.0.0.5:9000</c>.</summary>
    public override string ToString() => $"{Url} at {EndpointUrl ?? Store}";
}
