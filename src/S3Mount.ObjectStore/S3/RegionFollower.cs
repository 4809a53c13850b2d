using Microsoft.Extensions.Logging;

namespace S3Mount.ObjectStore.S3;

/// <summary>
/// Moves a store to the region that its bucket is in. Only the region is taken from an answer, never a host: at AWS the endpoint
/// rules give the host, and it must lie under the same domain; an endpoint that the user gave stays where it is.
/// </summary>
/// <param name="awsEndpoints">Null for an endpoint that the user gave.</param>
internal sealed class RegionFollower(string bucket, S3Target target, AwsEndpoints? awsEndpoints, ILogger logger)
{
    /// <summary>Whether it makes sense to ask again.</summary>
    public bool TryFollow(S3Failure failure)
    {
        // Another request has been told already.
        if (!ReferenceEquals(target.Endpoint, failure.Endpoint))
            return true;
        if (failure.Region is not { } region || region == failure.Endpoint.Region)
            return false;
        S3Endpoint moved = awsEndpoints?.For(region) ?? failure.Endpoint.WithRegion(region);
        if (!moved.IsCustom && moved.Domain != failure.Endpoint.Domain)
            return false;
        target.MoveTo(moved);
        logger.RegionFound(bucket, region, moved.ToString());
        return true;
    }
}
