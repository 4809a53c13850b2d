namespace S3Mount.ObjectStore.S3;

/// <summary>Where a bucket is, resolved.</summary>
/// <param name="AwsEndpoints">Null for an endpoint that the user gave.</param>
/// <param name="CaBundle">Path of a PEM file, or null.</param>
internal sealed record S3Settings(S3Endpoint Endpoint, AwsEndpoints? AwsEndpoints, AwsProfile Profile, string? CaBundle)
{
    /// <summary>The setting that named the endpoint, such as <c>AWS_ENDPOINT_URL</c>; <c>AWS</c> when none did.</summary>
    public required string EndpointSource { get; init; }

    /// <summary>The setting that named the region, such as <c>--region</c>.</summary>
    public required string RegionSource { get; init; }
}
