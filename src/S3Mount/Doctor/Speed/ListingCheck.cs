using System.Globalization;
using S3Mount.ObjectStore;

namespace S3Mount.Doctor.Speed;

/// <summary>Lists what there is, for some seconds at most.</summary>
internal sealed class ListingCheck(Findings findings, string prefix, TimeProvider timeProvider) : ICheck
{
    /// <summary>Fifty pages of a store that takes a tenth of a second for each.</summary>
    private static readonly TimeSpan _longest = TimeSpan.FromSeconds(5);

    public CheckArea Area => CheckArea.Speed;

    public string Name => "listing";

    /// <summary>A page that has begun is waited for.</summary>
    public TimeSpan Deadline => TimeSpan.FromSeconds(20);

    public async Task<CheckResult> RunAsync(CancellationToken cancellationToken)
    {
        if (findings.Store is not { } opened)
            return CheckResult.Skipped("the bucket cannot be listed");
        if (findings.Sample.Listed == 0)
            return CheckResult.Skipped("there is no object");
        long startedAt = timeProvider.GetTimestamp(), keys = 0;
        int pages = 0;
        string? token = null;
        do
        {
            ListPage page = await opened.Store.ListPageAsync(new ListPageRequest { Prefix = new ObjectKey(prefix), ContinuationToken = token }, cancellationToken).ConfigureAwait(false);
            keys += page.Objects.Length;
            // The first is known.
            if (pages++ > 0)
                findings.Sample.Add(page);
            token = page.NextContinuationToken;
        }
        while (token is not null && timeProvider.GetElapsedTime(startedAt) < _longest);
        ListingSpeed speed = findings.Listing = new ListingSpeed(keys, pages, timeProvider.GetElapsedTime(startedAt));
        return CheckResult.Ok(speed.KeysPerSecond is { } rate
            ? string.Create(CultureInfo.InvariantCulture, $"{rate:N0} keys/s, {DoctorText.Time(speed.PageTime)} a page, one page after another ({keys:N0} keys{(token is null ? "" : " of more")}); a mount asks for several at once")
            : string.Create(CultureInfo.InvariantCulture, $"{DoctorText.Time(speed.PageTime)} for the only page, {keys:N0} {(keys == 1 ? "key" : "keys")}"));
    }
}
