using S3Mount.ObjectStore.S3;
using S3Mount.ObjectStore.Tests.Wire;

namespace S3Mount.ObjectStore.Tests.S3;

/// <summary>Requests as they go over the wire, byte for byte.</summary>
internal sealed class WireTests
{
    private const string Tag = "0123456789abcdef0123456789abcdef";

    [Test, CancelAfter(10_000)]
    public async Task Opening_asks_for_one_key_under_the_prefix(CancellationToken cancellationToken)
    {
        await using ScriptedServer server = Stores.Server();
        await using S3ObjectStore store = await S3ObjectStore.OpenWithAsync(
            Stores.Options(server.Url) with { Prefix = "train set/" }, Stores.Services, cancellationToken);

        string[] head = server.Heads.Single().Split("\r\n");
        Assert.That(head[0], Is.EqualTo("GET /bucket?encoding-type=url&list-type=2&max-keys=1&prefix=train%20set%2F HTTP/1.1"));
        Assert.That(head, Does.Contain($"Host: 127.0.0.1:{server.Port}"));
        Assert.That(head, Does.Contain("Accept-Encoding: identity"));
        Assert.That(head, Does.Contain("User-Agent: s3mount/0.1.0"));
        Assert.That(head.Single(line => line.StartsWith("Authorization: ", StringComparison.Ordinal)), Does.Match(
            "^Authorization: AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/[0-9]{8}/eu-west-1/s3/aws4_request, SignedHeaders=host;x-amz-content-sha256;x-amz-date, Signature=[0-9a-f]{64}$"));
    }

    [Test, CancelAfter(10_000)]
    public async Task A_ranged_read_names_range_and_version(CancellationToken cancellationToken)
    {
        byte[] content = Ramp(1000);
        await using ScriptedServer server = Stores.Server((head, _) => ScriptedAnswer.Range(head, content, Tag));
        await using S3ObjectStore store = await Stores.OpenAsync(server, cancellationToken);
        byte[] destination = new byte[100];
        await store.ReadRangeAsync(new ObjectKey("a b/c+d"), new ObjectVersion(ETag.Parse(Tag), 1000, 0), 50, destination, null, cancellationToken);

        Assert.That(destination, Is.EqualTo(content[50..150]));
        string[] head = server.Heads[1].Split("\r\n");
        Assert.That(head[0], Is.EqualTo("GET /bucket/a%20b/c%2Bd HTTP/1.1"));
        Assert.That(head, Does.Contain("range: bytes=50-149").IgnoreCase);
        Assert.That(head, Does.Contain($"if-match: \"{Tag}\"").IgnoreCase);
        Assert.That(head.Single(line => line.StartsWith("Authorization", StringComparison.Ordinal)), Does.Contain("SignedHeaders=host;if-match;range;x-amz-content-sha256;x-amz-date,"));
    }

    [Test, CancelAfter(10_000)]
    public async Task Head_tells_size_version_and_class(CancellationToken cancellationToken)
    {
        await using ScriptedServer server = Stores.Server(ScriptedAnswer.Raw(
            $"HTTP/1.1 200 OK\r\nContent-Length: 77\r\nETag: \"{Tag}-3\"\r\nLast-Modified: Mon, 12 Oct 2009 17:50:30 GMT\r\nx-amz-storage-class: GLACIER\r\n\r\n"));
        await using S3ObjectStore store = await Stores.OpenAsync(server, cancellationToken);
        ObjectInfo info = await store.HeadAsync(new ObjectKey("k"), cancellationToken);
        Assert.That(info.Version, Is.EqualTo(new ObjectVersion(ETag.Parse(Tag + "-3"), 77, 1255369830)));
        Assert.That(info.StorageClass, Is.EqualTo("GLACIER"));
        Assert.That(server.Heads[1], Does.StartWith("HEAD /bucket/k HTTP/1.1\r\n"));
    }

    [Test, CancelAfter(10_000)]
    public async Task A_list_page_is_asked_for_with_all_that_the_request_says(CancellationToken cancellationToken)
    {
        await using ScriptedServer server = Stores.Server(ScriptedAnswer.EmptyPage);
        await using S3ObjectStore store = await Stores.OpenAsync(server, cancellationToken);
        await store.ListPageAsync(
            new ListPageRequest { Prefix = new ObjectKey("é/"), Delimiter = true, StartAfter = new ObjectKey("é/~ \n"), ContinuationToken = "1/=+", MaxKeys = 7 },
            cancellationToken);
        Assert.That(server.Heads[1].Split("\r\n")[0], Is.EqualTo(
            "GET /bucket?continuation-token=1%2F%3D%2B&delimiter=%2F&encoding-type=url&list-type=2&max-keys=7&prefix=%C3%A9%2F&start-after=%C3%A9%2F~%20%0A HTTP/1.1"));
    }

    internal static byte[] Ramp(int length) => [.. Enumerable.Range(0, length).Select(offset => (byte)(offset % 251))];
}
