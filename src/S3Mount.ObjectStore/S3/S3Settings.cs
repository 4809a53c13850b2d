namespace S3Mount.ObjectStore.S3;

/// <summary>Where a bucket is, resolved.</summary>
/// <param name="AwsEndpoints">Null for an endpoint that the user gave.</param>
/// <param name="CaBundle">Path of a PEM file, or null.</param>
internal sealed record S3Settings(S3Endpoint Endpoint, AwsEndpoints? AwsEndpoints, AwsProfile Profile, string? CaBundle);
