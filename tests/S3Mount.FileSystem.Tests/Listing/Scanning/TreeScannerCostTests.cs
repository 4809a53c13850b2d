using S3Mount.FileSystem.Listing.Scanning;
using S3Mount.ObjectStore;
using S3Mount.Testing;

namespace S3Mount.FileSystem.Tests.Listing.Scanning;

/// <summary>How many requests a scan of a tree takes, and how many of them at once.</summary>
public sealed class TreeScannerCostTests
{
    // What is seen, and a tenth more: which of the spans meet varies. Half of a page goes at the end of each span, and a page or
    // two of names for every dozen of keys. Directories of three have a page of names for every three of keys. What is known of
    // large directories misleads where small ones follow, until the first 48 have come.
    [TestCase("300 classes of 1281", 1.2)]
    [TestCase("dates", 1.4)]
    [TestCase("30000 directories of 3", 1.75)]
    [TestCase("20 directories of 30000", 1.5)]
    [TestCase("speech", 1.3)]
    [TestCase("a flat one beside two small", 1.5)]
    [TestCase("one file a directory", 1.3)]
    [TestCase("a file beside each directory", 1.5)]
    [TestCase("a large directory before small ones", 2.2)]
    [TestCase("small directories before large ones", 1.4)]
    [CancelAfter(30_000)]
    public async Task A_tree_takes_little_more_requests_than_it_has_pages(string pattern, double most, CancellationToken cancellationToken)
    {
        SortedKeys keys = TreePattern.Keys(pattern);
        await using var store = new RoundStore(keys);
        var scanner = new TreeScanner(store.Listing, new TreeScannerOptions { MaxRequests = 48 });
        int next = 0;
        await foreach (ListPage page in scanner.ScanAsync(new KeyRange { Prefix = new ObjectKey("") }, cancellationToken))
        {
            foreach (ListedObject listed in page.Objects.ToArray())
                Assert.That(page.KeyOf(listed).SequenceEqual(keys[next++]), Is.True);
        }
        Assert.That(next, Is.EqualTo(keys.Count));
        double pages = (double)keys.Count / keys.PageSize;
        TestContext.Out.WriteLine($"{pattern}: {pages:f0} pages, {store.Listing.Requests} requests ({store.Listing.Requests / pages:f2}), {store.Rounds} rounds, {store.Listing.MostInFlight} at once");
        Assert.That(store.Listing.Requests, Is.LessThanOrEqualTo(most * pages));
    }

    [TestCase("300 classes of 1281", 48)]
    [TestCase("dates", 10)]
    [TestCase("30000 directories of 3", 8)]
    [TestCase("20 directories of 30000", 16)]
    [TestCase("speech", 16)]
    [TestCase("a flat one beside two small", 2)]
    [CancelAfter(30_000)]
    public async Task A_tree_is_listed_at_many_places_at_once(string pattern, int places, CancellationToken cancellationToken)
    {
        SortedKeys keys = TreePattern.Keys(pattern);
        using var gate = new Gate();
        int starts = 0;
        var store = new ListingStore(async (request, token) =>
        {
            // But for the first, which is the scan's own trial whether the store heeds start-after.
            if (TreeScannerTests.IsSpan(request) && Interlocked.Increment(ref starts) > 1)
                await gate.PassAsync(token);
            return keys.List(request);
        });
        Task<List<string>> scan = KeyRangeScannerTests.KeysOfAsync(new TreeScanner(store).ScanAsync(new KeyRange { Prefix = new ObjectKey("") }, cancellationToken));
        await Task.WhenAny(scan, gate.WaitForArrivalsAsync(places, cancellationToken));
        Assert.That(gate.Waiting, Is.GreaterThanOrEqualTo(places));
        gate.Open();
        Assert.That(await scan, Has.Count.EqualTo(keys.Count));
    }
}
