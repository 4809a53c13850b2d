using System.Text;
using S3Mount.FileSystem.Listing.Scanning;
using S3Mount.ObjectStore;
using S3Mount.Testing;

namespace S3Mount.FileSystem.Tests.Listing.Scanning;

public sealed class KeyRangeScannerTests
{
    private static readonly KeyRange _everything = new() { Prefix = new ObjectKey("") };

    [Test]
    [CancelAfter(10_000)]
    public async Task A_range_of_one_page_takes_one_request(CancellationToken cancellationToken)
    {
        var store = new ListingStore(Numbers(1000).List);
        List<string> keys = await ScanAsync(new KeyRangeScanner(store), _everything, cancellationToken);
        Assert.That(keys, Has.Count.EqualTo(1000));
        Assert.That(store.Requests, Is.EqualTo(1));
    }

    [Test]
    [CancelAfter(10_000)]
    public async Task An_empty_range_takes_one_request(CancellationToken cancellationToken)
    {
        var store = new ListingStore(Numbers(10).List);
        List<string> keys = await ScanAsync(new KeyRangeScanner(store), new KeyRange { Prefix = new ObjectKey("other/") }, cancellationToken);
        Assert.That(keys, Is.Empty);
        Assert.That(store.Requests, Is.EqualTo(1));
    }

    [Test]
    [CancelAfter(30_000)]
    public async Task A_large_range_is_listed_over_several_requests_at_once(CancellationToken cancellationToken)
    {
        SortedKeys keys = Numbers(60_000);
        using var gate = new Gate();
        var store = new ListingStore(async (request, token) =>
        {
            await gate.PassAsync(token);
            return keys.List(request);
        });
        Task<List<string>> scan = ScanAsync(new KeyRangeScanner(store, new KeyRangeScannerOptions { MaxRequests = 8 }), _everything, cancellationToken);
        gate.Release();
        // The second page and two that are looked for far behind it.
        await gate.WaitForArrivalsAsync(4, cancellationToken);
        gate.Open();
        List<string> found = await scan;
        Assert.That(found, Is.EqualTo(Enumerable.Range(0, 60_000).Select(Name)));
        // 60 pages, and the fourteen that a plan of as many allows to be for nothing; each of the eight that may be under way counts half
        // beforehand, and may turn out whole.
        Assert.That(store.Requests, Is.LessThanOrEqualTo(60 + 14 + (8 / 2)));
        Assert.That(store.MostInFlight, Is.InRange(3, 8));
    }

    [Test]
    [CancelAfter(30_000)]
    public async Task Scanners_share_their_requests_but_for_first_pages_that_somebody_waits_for(CancellationToken cancellationToken)
    {
        SortedKeys keys = Numbers(20_000);
        using var gate = new Gate();
        var store = new ListingStore(async (request, token) =>
        {
            await gate.PassAsync(token);
            return keys.List(request);
        });
        using var requests = new SemaphoreSlim(2);
        var behind = new KeyRangeScanner(store, new KeyRangeScannerOptions { MaxRequests = 2 }, requests);
        var others = new KeyRangeScanner(store, new KeyRangeScannerOptions { MaxRequests = 2 }, requests);
        var waited = new KeyRangeScanner(store, new KeyRangeScannerOptions { MaxRequests = 2, IsFirstPageWaitedFor = true }, requests);
        Task<List<string>>[] scans = [.. new[] { behind, others, behind, others }.Select(scanner => ScanAsync(scanner, _everything, cancellationToken))];
        await gate.WaitForArrivalsAsync(2, cancellationToken);
        scans = [.. scans, ScanAsync(waited, _everything, cancellationToken)];
        await gate.WaitForArrivalsAsync(3, cancellationToken);
        gate.Open();
        foreach (List<string> found in await Task.WhenAll(scans))
            Assert.That(found, Is.EqualTo(Enumerable.Range(0, 20_000).Select(Name)));
        Assert.That(store.MostInFlight, Is.EqualTo(3));
    }

    [TestCase(null, null)]
    [TestCase("k00001234", null)]
    [TestCase(null, "k00007999")]
    [TestCase("k00001234", "k00007999x")]
    [TestCase("k00009998", null)]
    [TestCase("a", "z")]
    [TestCase("z", null)]
    [TestCase("a", "b")]
    [CancelAfter(10_000)]
    public async Task A_range_has_bounds(string? after, string? until, CancellationToken cancellationToken)
    {
        var scanner = new KeyRangeScanner(new ListingStore(Numbers(10_000).List));
        List<string> keys = await ScanAsync(scanner, new KeyRange { Prefix = new ObjectKey("k"), After = Key(after), Until = Key(until) }, cancellationToken);
        IEnumerable<string> expected = Enumerable.Range(0, 10_000).Select(Name)
            .Where(key => (after is null || string.CompareOrdinal(key, after) > 0) && (until is null || string.CompareOrdinal(key, until) <= 0));
        Assert.That(keys, Is.EqualTo(expected));
        Assert.That(scanner.IsSequential, Is.False);
    }

    [Test]
    [CancelAfter(10_000)]
    public async Task A_store_that_ignores_start_after_is_listed_page_after_page_from_then_on(CancellationToken cancellationToken)
    {
        SortedKeys keys = Numbers(20_000);
        var store = new ListingStore(request => keys.List(request with { StartAfter = null }));
        var scanner = new KeyRangeScanner(store);
        for (int round = 0; round < 2; round++)
            Assert.That(await ScanAsync(scanner, _everything, cancellationToken), Is.EqualTo(Enumerable.Range(0, 20_000).Select(Name)));
        Assert.That(scanner.IsSequential, Is.True);
        int before = store.Requests;
        List<string> some = await ScanAsync(scanner, _everything with { After = Key(Name(500)), Until = Key(Name(1500)) }, cancellationToken);
        Assert.That(some, Is.EqualTo(Enumerable.Range(501, 1000).Select(Name)));
        Assert.That(store.Requests - before, Is.EqualTo(2));
    }

    [Test]
    [CancelAfter(10_000)]
    public async Task A_store_that_ignores_start_after_is_found_out_though_its_first_key_is_the_marker(CancellationToken cancellationToken)
    {
        string[] directories = ["p/a/", "p/b/", "p/c/", "p/d/", "p/e/"];
        var keys = new SortedKeys(directories.Select(directory => directory + "1").Append("p/").Select(Encoding.UTF8.GetBytes)) { PageSize = 2 };
        var scanner = new KeyRangeScanner(new ListingStore(request => keys.List(request with { StartAfter = null })));
        var range = new KeyRange { Prefix = new ObjectKey("p/"), Delimiter = true, After = new ObjectKey("p/c/") };
        Assert.That(await ScanAsync(scanner, range, cancellationToken), Is.EqualTo(directories[3..]));
        Assert.That(scanner.IsSequential, Is.True);
    }

    [Test]
    [CancelAfter(10_000)]
    public async Task A_store_that_refuses_start_after_is_listed_page_after_page(CancellationToken cancellationToken)
    {
        SortedKeys keys = Numbers(20_000);
        var scanner = new KeyRangeScanner(new ListingStore(request => request.StartAfter is null
            ? keys.List(request)
            : throw new ObjectStoreException(ObjectStoreFailure.Rejected, "no such parameter")));
        Assert.That(await ScanAsync(scanner, _everything, cancellationToken), Is.EqualTo(Enumerable.Range(0, 20_000).Select(Name)));
        Assert.That(scanner.IsSequential, Is.True);
    }

    [Test]
    [CancelAfter(10_000)]
    public async Task Keys_in_no_order_are_passed_on_as_they_come(CancellationToken cancellationToken)
    {
        string[] names = ["b", "a", "c", "e", "d", "f", "h", "g"];
        var scanner = new KeyRangeScanner(new ListingStore(request => Part(names, request, 2)));
        Assert.That(await ScanAsync(scanner, _everything, cancellationToken), Is.EqualTo(names));
        List<string> some = await ScanAsync(scanner, _everything with { After = Key("a"), Until = Key("g") }, cancellationToken);
        Assert.That(some, Is.EqualTo(new[] { "b", "c", "e", "d", "f", "g" }));
    }

    [Test]
    [CancelAfter(10_000)]
    public void Keys_that_turn_out_to_be_in_no_order_fail_the_scan([Values("a b|d c|e f", "a b|d e|c f", "b c|a d|e f")] string listing, CancellationToken cancellationToken)
    {
        string[] names = listing.Split('|', ' ');
        // Start-after gives nothing: only the pages by token count.
        var scanner = new KeyRangeScanner(new ListingStore(request => request.StartAfter is null ? Part(names, request, 2) : Part([], request, 2)));
        ObjectStoreException? failure = Assert.ThrowsAsync<ObjectStoreException>(() => ScanAsync(scanner, _everything, cancellationToken));
        Assert.That(failure!.Failure, Is.EqualTo(ObjectStoreFailure.Malformed));
        Assert.That(async () => await ScanAsync(scanner, _everything, cancellationToken), Is.EqualTo(names), "the next scan does without");
    }

    [Test]
    [CancelAfter(10_000)]
    public void A_continuation_token_that_repeats_itself_fails_the_scan(CancellationToken cancellationToken)
    {
        var scanner = new KeyRangeScanner(new ListingStore(request => new ListPage
        {
            Bytes = "ab"u8.ToArray(),
            Objects = request.ContinuationToken is null ? new ListedObject[] { new(0, 1, default, ""), new(1, 1, default, "") } : default,
            CommonPrefixes = default,
            NextContinuationToken = "again",
        }));
        ObjectStoreException? failure = Assert.ThrowsAsync<ObjectStoreException>(() => ScanAsync(scanner, _everything, cancellationToken));
        Assert.That(failure!.Failure, Is.EqualTo(ObjectStoreFailure.Malformed));
    }

    [TestCase(1)]
    [TestCase(2)]
    [TestCase(9)]
    [TestCase(40)]
    [CancelAfter(10_000)]
    public void The_first_failure_of_any_request_ends_the_scan(int number, CancellationToken cancellationToken)
    {
        SortedKeys keys = Numbers(60_000);
        int calls = 0;
        var store = new ListingStore(async (request, token) =>
        {
            await Task.Yield();
            return Interlocked.Increment(ref calls) == number
                ? throw new ObjectStoreException(ObjectStoreFailure.Unavailable, "broken")
                : keys.List(request);
        });
        ObjectStoreException? failure = Assert.ThrowsAsync<ObjectStoreException>(() => ScanAsync(new KeyRangeScanner(store), _everything, cancellationToken));
        Assert.That(failure!.Failure, Is.EqualTo(ObjectStoreFailure.Unavailable));
        Assert.That(store.InFlight, Is.Zero);
    }

    [Test]
    [CancelAfter(10_000)]
    public async Task No_request_is_left_when_the_consumer_goes([Values] bool isCancelled, CancellationToken cancellationToken)
    {
        SortedKeys keys = Numbers(60_000);
        using var gate = new Gate();
        var store = new ListingStore(async (request, token) =>
        {
            await gate.PassAsync(token);
            return keys.List(request);
        });
        using var leaving = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        IAsyncEnumerator<ListPage> pages = new KeyRangeScanner(store).ScanAsync(_everything, leaving.Token).GetAsyncEnumerator(leaving.Token);
        // The first page comes, and as many as it takes for the second, which need not be asked for first; the rest stays on its way.
        gate.Release();
        await pages.MoveNextAsync();
        Task<bool> second = pages.MoveNextAsync().AsTask();
        for (int released = 1; !second.IsCompleted; released++)
        {
            await Task.WhenAny(second, gate.WaitForArrivalsAsync(released + 1, cancellationToken));
            gate.Release();
        }
        Assert.That(await second, Is.True);
        if (isCancelled)
        {
            Task<bool> next = pages.MoveNextAsync().AsTask();
            await leaving.CancelAsync();
            // A page that had come already may still be handed out.
            async Task LeaveAsync()
            {
                await next;
                await pages.MoveNextAsync();
            }
            Assert.That(LeaveAsync, Throws.InstanceOf<OperationCanceledException>());
        }
        else
        {
            await pages.DisposeAsync();
        }
        Assert.That(store.InFlight, Is.Zero);
    }

    [Test]
    [CancelAfter(10_000)]
    public async Task All_scans_together_keep_to_the_requests_that_there_are(CancellationToken cancellationToken)
    {
        SortedKeys keys = Numbers(30_000);
        var store = new ListingStore(async (request, token) =>
        {
            await Task.Yield();
            return keys.List(request);
        });
        var scanner = new KeyRangeScanner(store, new KeyRangeScannerOptions { MaxRequests = 5 });
        List<string>[] found = await Task.WhenAll(Enumerable.Range(0, 6).Select(_ => ScanAsync(scanner, _everything, cancellationToken)));
        Assert.That(found.Select(one => one.Count), Is.All.EqualTo(30_000));
        Assert.That(store.MostInFlight, Is.LessThanOrEqualTo(5));
    }

    internal static Task<List<string>> ScanAsync(KeyRangeScanner scanner, KeyRange range, CancellationToken cancellationToken) =>
        KeysOfAsync(scanner.ScanAsync(range, cancellationToken));

    internal static async Task<List<string>> KeysOfAsync(IAsyncEnumerable<ListPage> pages)
    {
        var keys = new List<string>();
        await foreach (ListPage page in pages)
            keys.AddRange(KeysOf(page));
        return keys;
    }

    // Objects and common prefixes by their bytes, but objects as they come where there are no others.
    internal static IEnumerable<string> KeysOf(ListPage page)
    {
        var keys = new List<string>();
        foreach (ref readonly ListedObject listed in page.Objects.Span)
            keys.Add(Encoding.UTF8.GetString(page.KeyOf(listed)));
        if (page.CommonPrefixes.IsEmpty)
            return keys;
        foreach (ref readonly ListedPrefix listed in page.CommonPrefixes.Span)
            keys.Add(Encoding.UTF8.GetString(page.KeyOf(listed)));
        keys.Sort((left, right) => Encoding.UTF8.GetBytes(left).AsSpan().SequenceCompareTo(Encoding.UTF8.GetBytes(right)));
        return keys;
    }

    private static SortedKeys Numbers(int count) => new(Enumerable.Range(0, count).Select(i => Encoding.UTF8.GetBytes(Name(i))));

    private static string Name(int number) => number.ToString("'k'00000000", System.Globalization.CultureInfo.InvariantCulture);

    private static ObjectKey? Key(string? key) => key is null ? null : new ObjectKey(key);

    // Pages of names in the order given; the token is where the next page begins.
    internal static ListPage Part(string[] names, ListPageRequest request, int size)
    {
        int first = request.ContinuationToken is { } token ? int.Parse(token, System.Globalization.CultureInfo.InvariantCulture) : 0;
        int end = Math.Min(names.Length, first + size);
        ListPage page = Pages.Of(names[first..end]);
        return new ListPage
        {
            Bytes = page.Bytes,
            Objects = page.Objects,
            CommonPrefixes = page.CommonPrefixes,
            NextContinuationToken = end < names.Length ? end.ToString(System.Globalization.CultureInfo.InvariantCulture) : null,
        };
    }
}
