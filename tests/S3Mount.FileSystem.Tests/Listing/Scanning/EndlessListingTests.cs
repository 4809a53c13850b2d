using System.Globalization;
using S3Mount.FileSystem.Listing.Scanning;
using S3Mount.ObjectStore;

namespace S3Mount.FileSystem.Tests.Listing.Scanning;

/// <summary>Listings that would never come to an end.</summary>
public sealed class EndlessListingTests
{
    private const int Rounds = 2;

    // The pages of a circle; an empty text is a page without keys.
    [TestCase("a b|c d|e f")]
    [TestCase("b a|d c|f e")]
    [TestCase("a b")]
    [TestCase("b a")]
    [TestCase("a")]
    [TestCase("a/|b/")]
    [TestCase("a/")]
    [TestCase("a b||c d|")]
    [TestCase("a b c d|c")]
    [CancelAfter(20_000)]
    public void Keys_that_come_again_under_fresh_tokens_end_the_scan(string circle, CancellationToken cancellationToken)
    {
        ListingStore store = Endless(circle.Split('|'), freshTokens: true);
        AssertMalformed(() => ScanAsync(new KeyRangeScanner(store), cancellationToken));
        AssertMalformed(() => ScanAsync(Sequential(store), cancellationToken));
        AssertMalformed(() => TreeAsync(store, cancellationToken));
        Assert.That(store.Requests, Is.LessThan(5 * LoopCheck.MaxPagesInVain));
    }

    [TestCase("a b|c d|e f")]
    [TestCase("b a|d c|f e")]
    [TestCase("a/|b/")]
    [CancelAfter(20_000)]
    public void Tokens_that_go_round_in_circles_end_the_scan_soon(string circle, CancellationToken cancellationToken)
    {
        ListingStore store = Endless(circle.Split('|'), freshTokens: false);
        AssertMalformed(() => ScanAsync(new KeyRangeScanner(store), cancellationToken));
        AssertMalformed(() => ScanAsync(Sequential(store), cancellationToken));
        AssertMalformed(() => TreeAsync(store, cancellationToken));
        Assert.That(store.Requests, Is.LessThan(60));
    }

    [Test]
    [CancelAfter(20_000)]
    public void A_circle_that_begins_late_is_noticed_too([Values(1, 7, 100)] int before, [Values(1, 2, 64, 100)] int length, CancellationToken cancellationToken)
    {
        ListingStore store = Numbered(page => page <= before ? page : before + 1 + ((page - before - 1) % length), shift: 0);
        AssertMalformed(() => ScanAsync(Sequential(store), cancellationToken));
        Assert.That(store.Requests, Is.LessThanOrEqualTo(Rounds * ((2 * (before + 1)) + length + 2)));
    }

    [Test]
    [CancelAfter(20_000)]
    public void Pages_that_come_again_cut_elsewhere_are_noticed_too([Values(3, 50)] int length, CancellationToken cancellationToken)
    {
        ListingStore store = Numbered(page => (page - 1) % length, shift: length);
        AssertMalformed(() => ScanAsync(Sequential(store), cancellationToken));
        Assert.That(store.Requests, Is.LessThanOrEqualTo(Rounds * (length + 4)));
    }

    [Test]
    [CancelAfter(20_000)]
    public void Empty_pages_without_end_end_the_scan([Values("", "a b|")] string first, CancellationToken cancellationToken)
    {
        string[] pages = first.Split('|');
        var store = new ListingStore(request =>
        {
            int number = Number(request.ContinuationToken);
            return WithToken(number < pages.Length && request.StartAfter is null ? Page(pages[number]) : Pages.Of(Array.Empty<string>()), number + 1);
        });
        AssertMalformed(() => ScanAsync(new KeyRangeScanner(store), cancellationToken));
        AssertMalformed(() => ScanAsync(Sequential(store), cancellationToken));
        AssertMalformed(() => TreeAsync(store, cancellationToken));
    }

    [Test]
    [CancelAfter(20_000)]
    public async Task Empty_pages_in_between_and_a_common_prefix_that_comes_twice_are_no_circle(CancellationToken cancellationToken)
    {
        string[] pages = ["a c/", "c/", "", "c/ d/", "", "", "d/ e", "e/"];
        var store = new ListingStore(request =>
        {
            int number = Number(request.ContinuationToken);
            ListPage page = Page(pages[number]);
            return number + 1 < pages.Length ? WithToken(page, number + 1) : page;
        });
        Assert.That(await ScanAsync(Sequential(store), cancellationToken), Is.SupersetOf(new[] { "a", "c/", "d/", "e", "e/" }));
    }

    [Test]
    [CancelAfter(20_000)]
    public async Task A_long_listing_in_no_order_is_passed_on_whole(CancellationToken cancellationToken)
    {
        string[] names = [.. Enumerable.Range(0, 5000).Select(i => $"k{i * 2741 % 5000:d4}")];
        var scanner = Sequential(new ListingStore(request => KeyRangeScannerTests.Part(names, request, 3)));
        Assert.That(await ScanAsync(scanner, cancellationToken), Is.EqualTo(names));
    }

    private static void AssertMalformed(Func<Task<List<string>>> scan)
    {
        // The first may find out that the store cannot be split, the second goes page after page.
        for (int round = 0; round < Rounds; round++)
            Assert.That(Assert.ThrowsAsync<ObjectStoreException>(async () => await scan())!.Failure, Is.EqualTo(ObjectStoreFailure.Malformed));
    }

    // One that has found out that this store does not list in order.
    private static KeyRangeScanner Sequential(ListingStore store)
    {
        var other = new ListingStore((request, token) => request.Prefix == new ObjectKey("x") ? new ValueTask<ListPage>(Pages.Of("xb", "xa")) : store.ListPageAsync(request, token));
        var scanner = new KeyRangeScanner(other);
        Task<List<string>> found = KeyRangeScannerTests.ScanAsync(scanner, new KeyRange { Prefix = new ObjectKey("x"), After = new ObjectKey("x") }, CancellationToken.None);
        Assert.That(found.IsCompletedSuccessfully, Is.True);
        Assert.That(scanner.IsSequential, Is.True);
        return scanner;
    }

    private static ListingStore Endless(string[] circle, bool freshTokens) => new(request =>
    {
        int number = Number(request.ContinuationToken);
        int next = freshTokens ? number + 1 : (number + 1) % circle.Length;
        // Not the token that was asked with: that much is noticed before a page is handed over.
        return WithToken(Page(circle[number % circle.Length]), next == 0 ? circle.Length : next);
    });

    // Pages of three keys, in descending order, as the numbers of pages say; each time round they are cut one key later.
    private static ListingStore Numbered(Func<int, int> pageAt, int shift)
    {
        return new ListingStore(request =>
        {
            int number = Number(request.ContinuationToken) + 1;
            int first = 3 * pageAt(number);
            int cut = shift == 0 ? 0 : (number - 1) / shift;
            return WithToken(Pages.Of([.. Enumerable.Range(0, 3).Select(i => Name(first, i + cut))]), number);
        });

        string Name(int first, int i) => $"k{99_999 - (shift == 0 ? first + i : (first + i) % (3 * shift)):d5}";
    }

    private static int Number(string? token) => token is null ? 0 : int.Parse(token, CultureInfo.InvariantCulture);

    private static ListPage Page(string keys) => Pages.Of(keys.Split(' ', StringSplitOptions.RemoveEmptyEntries));

    private static ListPage WithToken(ListPage page, int token) => new()
    {
        Bytes = page.Bytes,
        Objects = page.Objects,
        CommonPrefixes = page.CommonPrefixes,
        NextContinuationToken = token.ToString(CultureInfo.InvariantCulture),
    };

    private static Task<List<string>> ScanAsync(KeyRangeScanner scanner, CancellationToken cancellationToken) =>
        KeyRangeScannerTests.ScanAsync(scanner, new KeyRange { Prefix = new ObjectKey("") }, cancellationToken);

    private static async Task<List<string>> TreeAsync(IObjectStore store, CancellationToken cancellationToken)
    {
        var keys = new List<string>();
        await foreach (ListPage page in new TreeScanner(store).ScanAsync(new KeyRange { Prefix = new ObjectKey("") }, cancellationToken))
        {
            foreach (ListedObject listed in page.Objects.ToArray())
                keys.Add(System.Text.Encoding.UTF8.GetString(page.KeyOf(listed)));
        }
        return keys;
    }
}
