using S3Mount.ObjectStore.S3;

namespace S3Mount.Doctor.Store;

/// <summary>Where the bucket is looked for, and which settings say so.</summary>
internal sealed class EndpointCheck(StoreAccess access, Findings findings) : ICheck
{
    public CheckArea Area => CheckArea.Store;

    public string Name => "endpoint";

    public async Task<CheckResult> RunAsync(CancellationToken cancellationToken)
    {
        S3Place place = findings.Place = await access.ResolveAsync(cancellationToken).ConfigureAwait(false);
        string style = place.IsPathStyle ? "the bucket in its path" : "the bucket in its host name";
        string found = $"{place.Address.OriginalString.TrimEnd('/')} ({place.EndpointSource}), {style}; region {place.Region} ({place.RegionSource})";
        return place.Problems.Count == 0
            ? CheckResult.Ok(found)
            : CheckResult.Warning($"{found}; {string.Join("; ", place.Problems)}", "mend the file or take it away: what it says is not heeded");
    }
}
