using System.Globalization;
using S3Mount.ObjectStore;

namespace S3Mount.Doctor.Store;

/// <summary>Whether the prefix may be listed, and whether there is anything.</summary>
/// <param name="prefix">Of the keys; may be empty.</param>
/// <param name="url">What is listed, for people.</param>
internal sealed class ListCheck(StoreOpener opener, Findings findings, string prefix, string url) : ICheck
{
    public CheckArea Area => CheckArea.Store;

    public string Name => "may list";

    public TimeSpan Deadline => TimeSpan.FromSeconds(45);

    public async Task<CheckResult> RunAsync(CancellationToken cancellationToken)
    {
        if (opener.Obstacle is { } obstacle)
            return CheckResult.Skipped(obstacle);
        if (await opener.TryOpenAsync(cancellationToken).ConfigureAwait(false) is not { } opened)
        {
            ObjectStoreException failure = findings.OpenFailure!;
            return failure.Failure == ObjectStoreFailure.WrongRegion ? CheckResult.Skipped("the bucket is in another region") : CheckResult.Failed(failure.Message, StoreAdvice.Of(failure));
        }
        ListPage page = await opened.Store.ListPageAsync(new ListPageRequest { Prefix = new ObjectKey(prefix) }, cancellationToken).ConfigureAwait(false);
        findings.Sample.Add(page);
        if (page.Objects.Length == 0)
            return CheckResult.Warning($"there is nothing under {url}", "check the prefix, or fill the bucket: an empty directory would be mounted");
        return CheckResult.Ok(string.Create(CultureInfo.InvariantCulture, $"{url}: {page.Objects.Length:N0} {(page.Objects.Length == 1 ? "key" : "keys")} in the first page{(page.IsTruncated ? ", and there are more" : ", and that is all")}"));
    }
}
