using S3Mount.ObjectStore;

namespace S3Mount.Doctor.Store;

/// <summary>Whether the bucket is in the region that the settings name.</summary>
internal sealed class RegionCheck(StoreOpener opener, Findings findings) : ICheck
{
    public CheckArea Area => CheckArea.Store;

    public string Name => "region";

    /// <summary>The first request of a mount is tried for 10 s, and credentials may come late.</summary>
    public TimeSpan Deadline => TimeSpan.FromSeconds(45);

    public async Task<CheckResult> RunAsync(CancellationToken cancellationToken)
    {
        if (findings.Place is not { } place || opener.Obstacle is not null)
            return CheckResult.Skipped(opener.Obstacle ?? "the endpoint is not known");
        ExaminedStore? store = await opener.TryOpenAsync(cancellationToken).ConfigureAwait(false);
        if (findings.OpenFailure is { Failure: ObjectStoreFailure.WrongRegion } failure)
            return CheckResult.Failed(failure.Message, findings.Contact?.BucketRegion is { } known ? $"--region {known}" : StoreAdvice.Of(failure));
        if ((store?.Region ?? findings.Contact?.BucketRegion) is not { } region)
            return CheckResult.Skipped("the bucket cannot be listed");
        return region == place.Region
            ? CheckResult.Ok(region)
            : CheckResult.Warning($"the bucket is in {region}, not in {place.Region} ({place.RegionSource}): each start asks there first", $"--region {region}");
    }
}
