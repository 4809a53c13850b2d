using System.Collections.Concurrent;
using System.Text;
using S3Mount.FileSystem.Listing.Scanning;
using S3Mount.ObjectStore;
using S3Mount.Testing;

namespace S3Mount.FileSystem.Tests.Listing.Scanning;

public sealed class TreeScannerTests
{
    private static readonly KeyRange _everything = new() { Prefix = new ObjectKey("") };

    [Test]
    public void A_delimiter_is_refused()
    {
        var scanner = new TreeScanner(new ListingStore(_ => throw new InvalidOperationException("nothing is asked for")));
        Assert.That(() => KeyRangeScannerTests.KeysOfAsync(scanner.ScanAsync(_everything with { Delimiter = true }, default)), Throws.ArgumentException);
    }

    [Test]
    [CancelAfter(10_000)]
    public async Task A_tree_of_one_page_takes_one_request([Values(0, 1, 1000)] int count, CancellationToken cancellationToken)
    {
        var store = new ListingStore(Classes(10, count / 10).List);
        Assert.That(await ScanAsync(store, new TreeScannerOptions(), cancellationToken), Has.Count.EqualTo(count / 10 * 10));
        Assert.That(store.Requests, Is.EqualTo(1));
    }

    [Test]
    [CancelAfter(20_000)]
    public async Task A_store_that_refuses_start_after_is_listed_page_after_page([Values(1, 40)] int directories, CancellationToken cancellationToken)
    {
        SortedKeys keys = Classes(directories, 40_000 / directories);
        var store = new ListingStore(request => request.StartAfter is null
            ? keys.List(request)
            : throw new ObjectStoreException(ObjectStoreFailure.Rejected, "no such parameter"));
        Assert.That(await ScanAsync(store, new TreeScannerOptions(), cancellationToken), Is.EqualTo(All(keys)));
        // One survey is tried: a request for each of the three levels.
        Assert.That(store.Requests, Is.LessThanOrEqualTo(40 + 3));
    }

    [Test]
    [CancelAfter(20_000)]
    public async Task A_store_that_ignores_start_after_is_listed_page_after_page([Values(1, 40)] int directories, CancellationToken cancellationToken)
    {
        SortedKeys keys = Classes(directories, 40_000 / directories);
        var store = new ListingStore(request => keys.List(request with { StartAfter = null }));
        Assert.That(await ScanAsync(store, new TreeScannerOptions(), cancellationToken), Is.EqualTo(All(keys)));
        // One survey: a page of each of the three levels, or four where there are files, and a trial.
        Assert.That(store.Requests, Is.LessThanOrEqualTo(40 + 7));
    }

    [Test]
    [CancelAfter(20_000)]
    public async Task Keys_in_no_order_are_passed_on_as_they_come(CancellationToken cancellationToken)
    {
        string[] names = ["b/1", "a/1", "c/1", "e/1", "d/1", "f/1", "h/1", "g/1"];
        var store = new ListingStore(request => KeyRangeScannerTests.Part(names, request, 2));
        var options = new TreeScannerOptions { PagesBeforeFirstSurvey = 1, PagesBeforeSurvey = 1, PagesPerSpan = 1 };
        Assert.That(await ScanAsync(store, options, cancellationToken), Is.EqualTo(names));
    }

    [Test]
    [CancelAfter(20_000)]
    public void Keys_that_turn_out_to_be_in_no_order_behind_a_split_fail_the_scan(CancellationToken cancellationToken)
    {
        // In order up to 'c/'. What is asked for from a key on comes from where this key stands.
        string[] names = ["a/1", "a/2", "b/1", "b/2", "c/2", "b/3", "c/1", "d/1"];
        var store = new ListingStore(request =>
        {
            if (request.Delimiter)
                return new SortedKeys(names.Select(Encoding.UTF8.GetBytes)).List(request);
            int first = request.StartAfter is { } after ? Array.FindIndex(names, name => string.CompareOrdinal(name, after.ToString()) > 0) : 0;
            return KeyRangeScannerTests.Part(names[first..], request, 2);
        });
        var options = new TreeScannerOptions { PagesBeforeFirstSurvey = 1, PagesBeforeSurvey = 1, PagesPerSpan = 1 };
        ObjectStoreException? failure = Assert.ThrowsAsync<ObjectStoreException>(() => ScanAsync(store, options, cancellationToken));
        Assert.That(failure!.Failure, Is.EqualTo(ObjectStoreFailure.Malformed));
        Assert.That(store.InFlight, Is.Zero);
    }

    [Test]
    [CancelAfter(20_000)]
    public async Task A_failure_reaches_the_consumer_once([Values("first page", "survey", "trial", "span")] string place, CancellationToken cancellationToken)
    {
        SortedKeys keys = Classes(300, 320);
        int starts = 0;
        var store = new ListingStore(async (request, token) =>
        {
            await Task.Yield();
            string at = request.Delimiter ? "survey"
                : request.StartAfter is null ? "first page"
                : Interlocked.Increment(ref starts) == 1 ? "trial" : "span";
            return at == place && (at != "span" || starts > 5) ? throw new ObjectStoreException(ObjectStoreFailure.Unavailable, place) : keys.List(request);
        });
        await using IAsyncEnumerator<ListPage> pages = new TreeScanner(store).ScanAsync(_everything, cancellationToken).GetAsyncEnumerator(cancellationToken);
        ObjectStoreException? failure = Assert.ThrowsAsync<ObjectStoreException>(async () =>
        {
            while (await pages.MoveNextAsync())
                continue;
        });
        Assert.That(failure!.Message, Does.Contain(place));
        Assert.That(store.InFlight, Is.Zero);
        Assert.That(await pages.MoveNextAsync(), Is.False);
    }

    [Test]
    [CancelAfter(20_000)]
    public async Task No_request_is_left_when_the_consumer_goes([Values] bool isCancelled, CancellationToken cancellationToken)
    {
        SortedKeys keys = Classes(300, 320);
        using var gate = new Gate();
        int starts = 0;
        var store = new ListingStore(async (request, token) =>
        {
            if (IsSpan(request) && Interlocked.Increment(ref starts) > 1)
                await gate.PassAsync(token);
            return keys.List(request);
        });
        using var leaving = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        IAsyncEnumerator<ListPage> pages = new TreeScanner(store).ScanAsync(_everything, leaving.Token).GetAsyncEnumerator(leaving.Token);
        Assert.That(await pages.MoveNextAsync(), Is.True);
        await gate.WaitForArrivalsAsync(10, cancellationToken);
        if (isCancelled)
        {
            await leaving.CancelAsync();
            Assert.That(async () => await pages.MoveNextAsync(), Throws.InstanceOf<OperationCanceledException>());
        }
        else
        {
            await pages.DisposeAsync();
        }
        Assert.That(store.InFlight, Is.Zero);
        Assert.That(gate.Waiting, Is.Zero);
    }

    // Directories, and one of files without any, which is the one that the consumer comes to.
    [TestCase(300)]
    [TestCase(1)]
    [CancelAfter(20_000)]
    public async Task What_is_ahead_of_a_consumer_that_stops_stays_in_bound(int directories, CancellationToken cancellationToken)
    {
        SortedKeys keys = Classes(directories, 96_000 / directories);
        long page = PageSlice.SizeInBytes(keys.List(new ListPageRequest { Prefix = new ObjectKey("") }));
        var options = new TreeScannerOptions { MaxRequests = 4, MaxBytesAhead = 10 * page };
        var arrived = new ConcurrentQueue<int>();
        using var gate = new Gate();
        var store = new ListingStore(async (request, token) =>
        {
            await gate.PassAsync(token);
            ListPage listed = keys.List(request);
            arrived.Enqueue(listed.Objects.Length);
            return listed;
        });
        await using IAsyncEnumerator<ListPage> pages = new TreeScanner(store, options).ScanAsync(_everything, cancellationToken).GetAsyncEnumerator(cancellationToken);
        gate.Release();
        Assert.That(await pages.MoveNextAsync(), Is.True);
        // One request after another is answered, and it is seen that the next does not come; that it may still is no failure here.
        gate.Open();
        await QuietAsync(gate, cancellationToken);
        int inVain = options.MaxRequests + 8;
        Assert.That(arrived, Has.Count.LessThanOrEqualTo(1 + 10 + (2 * options.MaxRequests) + inVain));
        int seen = pages.Current.Objects.Length;
        while (await pages.MoveNextAsync())
            seen += pages.Current.Objects.Length;
        Assert.That(seen, Is.EqualTo(keys.Count));
    }

    [Test]
    [CancelAfter(20_000)]
    public async Task What_the_consumer_waits_for_is_listed_though_there_is_room_for_nothing([Values(1, 300)] int directories, CancellationToken cancellationToken)
    {
        SortedKeys keys = Classes(directories, 96_000 / directories);
        var store = new ListingStore(async (request, token) =>
        {
            await Task.Yield();
            return keys.List(request);
        });
        var options = new TreeScannerOptions { MaxRequests = 2, MaxBytesAhead = 0 };
        Assert.That(await ScanAsync(store, options, cancellationToken), Is.EqualTo(All(keys)));
    }

    internal static bool IsSpan(in ListPageRequest request) => request is { Delimiter: false, StartAfter: not null };

    private static Task<List<string>> ScanAsync(ListingStore store, TreeScannerOptions options, CancellationToken cancellationToken) =>
        KeyRangeScannerTests.KeysOfAsync(new TreeScanner(store, options).ScanAsync(_everything, cancellationToken));

    private static SortedKeys Classes(int directories, int files) => new(
        from directory in Enumerable.Range(0, directories)
        from file in Enumerable.Range(0, files)
        select Encoding.UTF8.GetBytes(FormattableString.Invariant($"train/{directory:d6}/{file:d6}.jpg")));

    private static IEnumerable<string> All(SortedKeys keys) => Enumerable.Range(0, keys.Count).Select(i => Encoding.UTF8.GetString(keys[i]));

    // No more requests come, as far as can be seen from the thread pool.
    private static async Task QuietAsync(Gate gate, CancellationToken cancellationToken)
    {
        int arrivals = gate.Arrivals;
        for (int calm = 0; calm < 200; calm++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            await Task.Yield();
            if (gate.Arrivals != arrivals || ThreadPool.PendingWorkItemCount > 0)
                (calm, arrivals) = (0, gate.Arrivals);
        }
    }
}
