using System.Xml.Linq;
using S3Mount.Testing.S3Server;
using S3Mount.Testing.S3Server.Faults;

namespace S3Mount.Testing.Tests.S3Server;

/// <summary>Listings that go round for ever, as a client sees them that believes every page.</summary>
public sealed class ListingLoopTests
{
    private ServerClient _client = null!;

    [SetUp]
    public async Task Start()
    {
        _client = await ServerClient.StartAsync(new S3ServerOptions { Listing = new S3ListingStyle { PageSize = 2 } });
        foreach (string key in (string[])["a", "b", "c", "d", "e", "f", "g"])
            _client.Bucket.Put(key, key);
    }

    [TearDown]
    public async Task Stop() => await _client.DisposeAsync();

    [TestCase(ListingLoop.SameToken, "ab ab ab ab ab", 1)]
    [TestCase(ListingLoop.FreshTokens, "ab ab ab ab ab", 5)]
    [TestCase(ListingLoop.Cycle, "ab cd ef ab cd", 3)]
    [CancelAfter(10_000)]
    public async Task A_listing_goes_round(ListingLoop loop, string pages, int tokens, CancellationToken cancellationToken)
    {
        _client.Server.Faults.Always(S3Operation.ListObjectsV2, new ListingLoopFault(loop) { Pages = 3 });
        var seen = new List<string>();
        var named = new HashSet<string>();
        string query = "list-type=2";
        for (int i = 0; i < 5; i++)
        {
            XElement page = await _client.ListAsync(query, cancellationToken);
            seen.Add(string.Concat(ServerClient.Keys(page)));
            Assert.That(Value(page, "IsTruncated"), Is.EqualTo("true"));
            string token = Value(page, "NextContinuationToken")!;
            named.Add(token);
            query = "list-type=2&continuation-token=" + Uri.EscapeDataString(token);
        }
        Assert.That(string.Join(' ', seen), Is.EqualTo(pages));
        Assert.That(named, Has.Count.EqualTo(tokens));
    }

    [Test, CancelAfter(10_000)]
    public async Task A_page_says_that_there_are_more_and_not_where(CancellationToken cancellationToken)
    {
        _client.Server.Faults.Next(S3Operation.ListObjectsV2, new ListingLoopFault(ListingLoop.NoToken));
        XElement page = await _client.ListAsync("list-type=2", cancellationToken);
        Assert.That((Value(page, "IsTruncated"), Value(page, "NextContinuationToken")), Is.EqualTo(("true", (string?)null)));
        Assert.That(ServerClient.Keys(page), Is.EqualTo(["a", "b"]));
    }

    private static string? Value(XElement page, string name) => page.Element(ServerClient.Namespace + name)?.Value;
}
