using System.Xml.Linq;

namespace S3Mount.Testing.Tests.S3Server;

public sealed class ListingTests
{
    private ServerClient _client = null!;

    [SetUp]
    public async Task Start() => _client = await ServerClient.StartAsync();

    [TearDown]
    public async Task Stop() => await _client.DisposeAsync();

    [Test, CancelAfter(10_000)]
    public async Task Keys_are_sorted_by_their_bytes(CancellationToken cancellationToken)
    {
        // U+FFFD is above the surrogates in UTF-16 and below U+1F600 in UTF-8.
        Put("b", "a", "a/", "a-", "a.b", "Z", "é", "\uFFFD", "😀", "a/b");
        XElement page = await _client.ListAsync("list-type=2", cancellationToken);
        Assert.That(ServerClient.Keys(page), Is.EqualTo(["Z", "a", "a-", "a.b", "a/", "a/b", "b", "é", "\uFFFD", "😀"]));
    }

    [TestCase("", "/", new[] { "b", "d" }, new[] { "a/", "c/" })]
    [TestCase("a/", "/", new[] { "a/", "a/1" }, new[] { "a/x/" })]
    [TestCase("a", "/", new string[0], new[] { "a/" })]
    [TestCase("c/", "", new[] { "c/2", "c/3" }, new string[0])]
    [TestCase("", "x/", new[] { "a/", "a/1", "b", "c/2", "c/3", "d" }, new[] { "a/x/" })]
    [TestCase("nothing", "/", new string[0], new string[0])]
    [CancelAfter(10_000)]
    public async Task Keys_are_rolled_up_at_the_delimiter(string prefix, string delimiter, string[] keys, string[] prefixes, CancellationToken cancellationToken)
    {
        Put("a/", "a/1", "a/x/1", "a/x/2", "b", "c/2", "c/3", "d");
        XElement page = await _client.ListAsync($"list-type=2&prefix={prefix}&delimiter={delimiter}", cancellationToken);
        Assert.That(ServerClient.Keys(page), Is.EqualTo(keys));
        Assert.That(ServerClient.Prefixes(page), Is.EqualTo(prefixes));
        Assert.That(Text(page, "KeyCount"), Is.EqualTo((keys.Length + prefixes.Length).ToString()));
    }

    [Test, CancelAfter(10_000)]
    public async Task A_listing_shows_tag_size_and_whole_seconds(CancellationToken cancellationToken)
    {
        _client.Bucket.Put("k", "hello", new DateTimeOffset(2024, 5, 6, 7, 8, 9, 999, TimeSpan.Zero));
        XElement listed = (await _client.ListAsync("list-type=2", cancellationToken)).Element(ServerClient.Namespace + "Contents")!;
        Assert.That(
            listed.Elements().Select(element => $"{element.Name.LocalName}={element.Value}"),
            Is.EqualTo(["Key=k", "LastModified=2024-05-06T07:08:09.000Z", "ETag=\"5d41402abc4b2a76b9719d911017c592\"", "Size=5", "StorageClass=STANDARD"]));
    }

    [TestCase("", "Key LastModified Size StorageClass", "")]
    [TestCase("W/\"weak\"", "Key LastModified ETag Size StorageClass", "W/\"weak\"")]
    [TestCase("a<&>b", "Key LastModified ETag Size StorageClass", "\"a<&>b\"")]
    [CancelAfter(10_000)]
    public async Task A_tag_of_any_kind_is_listed_as_it_is(string etag, string elements, string listedTag, CancellationToken cancellationToken)
    {
        _client.Bucket.Objects.Put(_client.Bucket.Put("k<1>", "hello") with { ETag = etag, StorageClass = "GLACIER" });
        XElement listed = (await _client.ListAsync("list-type=2", cancellationToken)).Element(ServerClient.Namespace + "Contents")!;
        Assert.That(string.Join(' ', listed.Elements().Select(element => element.Name.LocalName)), Is.EqualTo(elements));
        Assert.That((Text(listed, "Key"), Text(listed, "ETag"), Text(listed, "StorageClass")), Is.EqualTo(("k<1>", listedTag, "GLACIER")));
    }

    [Test, CancelAfter(10_000)]
    public async Task Milliseconds_are_listed_where_the_style_says_so(CancellationToken cancellationToken)
    {
        _client.Server.Listing = _client.Server.Listing with { Milliseconds = true };
        _client.Bucket.Put("k", "hello", new DateTimeOffset(2024, 5, 6, 7, 8, 9, 123, TimeSpan.Zero));
        XElement listed = (await _client.ListAsync("list-type=2", cancellationToken)).Element(ServerClient.Namespace + "Contents")!;
        Assert.That(Text(listed, "LastModified"), Is.EqualTo("2024-05-06T07:08:09.123Z"));
    }

    [TestCase(true, "a+b%2Bc%25%C3%A9/%0A")]
    [TestCase(false, "a%20b%2Bc%25%C3%A9/%0A")]
    [CancelAfter(10_000)]
    public async Task Keys_are_escaped_when_asked_for(bool spaceIsPlus, string listed, CancellationToken cancellationToken)
    {
        _client.Server.Listing = _client.Server.Listing with { SpaceIsPlus = spaceIsPlus };
        Put("a b+c%é/\n");
        XElement page = await _client.ListAsync("list-type=2&encoding-type=url", cancellationToken);
        Assert.That((ServerClient.Keys(page)[0], Text(page, "EncodingType")), Is.EqualTo((listed, "url")));
    }

    [Test, CancelAfter(10_000)]
    public async Task A_store_may_ignore_the_encoding_and_says_so(CancellationToken cancellationToken)
    {
        _client.Server.Listing = _client.Server.Listing with { HeedsEncodingType = false };
        Put("a b");
        XElement page = await _client.ListAsync("list-type=2&encoding-type=url", cancellationToken);
        Assert.That((ServerClient.Keys(page)[0], Text(page, "EncodingType")), Is.EqualTo(("a b", "")));
    }

    [TestCase("max-keys=0", 0)]
    [TestCase("max-keys=2", 2)]
    [TestCase("max-keys=5000", 1000)]
    [TestCase("", 1000)]
    [CancelAfter(10_000)]
    public async Task A_page_holds_at_most_what_was_asked_for(string query, int count, CancellationToken cancellationToken)
    {
        Put([.. Enumerable.Range(0, 1001).Select(i => $"{i:d4}")]);
        XElement page = await _client.ListAsync("list-type=2&" + query, cancellationToken);
        Assert.That(ServerClient.Keys(page), Has.Length.EqualTo(count));
        Assert.That(Text(page, "IsTruncated"), Is.EqualTo(count > 0 ? "true" : "false"));
        Assert.That(Text(page, "NextContinuationToken") is "", Is.EqualTo(count == 0));
    }

    [Test, CancelAfter(10_000)]
    public async Task A_marker_inside_a_common_prefix_stands_for_all_of_it(CancellationToken cancellationToken)
    {
        Put("a/1", "a/2", "b", "c/1");
        XElement first = await _client.ListAsync("delimiter=/&max-keys=1", cancellationToken);
        XElement second = await _client.ListAsync($"delimiter=/&max-keys=9&marker={Text(first, "NextMarker")}", cancellationToken);
        Assert.That((Text(first, "NextMarker"), ServerClient.Prefixes(first)[0]), Is.EqualTo(("a/", "a/")));
        Assert.That(ServerClient.Keys(second), Is.EqualTo(["b"]));
        Assert.That(ServerClient.Prefixes(second), Is.EqualTo(["c/"]));
    }

    [TestCase("list-type=2&continuation-token=nonsense", "400 InvalidArgument")]
    [TestCase("list-type=2&max-keys=many", "400 InvalidArgument")]
    [TestCase("versions", "501 NotImplemented")]
    [CancelAfter(10_000)]
    public async Task A_wrong_request_is_refused(string query, string outcome, CancellationToken cancellationToken)
    {
        using HttpResponseMessage response = await _client.GetAsync("?" + query, cancellationToken);
        Assert.That(await ServerClient.OutcomeAsync(response, cancellationToken), Is.EqualTo(outcome));
    }

    private static string Text(XElement page, string name) => page.Element(ServerClient.Namespace + name)?.Value ?? "";

    private void Put(params string[] keys)
    {
        foreach (string key in keys)
            _client.Bucket.Put(key, key);
    }
}
