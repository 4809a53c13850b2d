using System.Net;

namespace S3Mount.Testing.Tests.S3Server;

public sealed class ObjectRequestTests
{
    private static readonly DateTimeOffset _modified = new(2024, 5, 6, 7, 8, 9, 123, TimeSpan.Zero);

    private ServerClient _client = null!;

    [OneTimeSetUp]
    public async Task Start()
    {
        _client = await ServerClient.StartAsync();
        _client.Bucket.PutRamp("ramp", 1_000_000, seed: 3, lastModified: _modified);
        _client.Bucket.Put("text", "hello", _modified);
        _client.Bucket.Put("empty", "");
    }

    [OneTimeTearDown]
    public async Task Stop() => await _client.DisposeAsync();

    [TestCase("bytes=0-0", 0, 1)]
    [TestCase("bytes=1000-1999", 1000, 1000)]
    [TestCase("bytes=999999-", 999_999, 1)]
    [TestCase("bytes=500000-", 500_000, 500_000)]
    [TestCase("bytes=-1", 999_999, 1)]
    [TestCase("bytes=-2000000", 0, 1_000_000)]
    [TestCase("bytes=999990-5000000", 999_990, 10)]
    [CancelAfter(10_000)]
    public async Task A_range_is_answered_with_206_and_its_bytes(string range, int offset, int length, CancellationToken cancellationToken)
    {
        using HttpResponseMessage response = await _client.GetAsync("/ramp", cancellationToken, ("Range", range));
        byte[] body = await response.Content.ReadAsByteArrayAsync(cancellationToken);
        Assert.That(response.StatusCode, Is.EqualTo(HttpStatusCode.PartialContent));
        Assert.That(response.Content.Headers.ContentRange?.ToString(), Is.EqualTo($"bytes {offset}-{offset + length - 1}/1000000"));
        Assert.That(body, Has.Length.EqualTo(length));
        Assert.That(Ramp.FirstDifference(body, offset, 3), Is.EqualTo(-1));
    }

    [TestCase("/ramp", "bytes=1000000-")]
    [TestCase("/ramp", "bytes=-0")]
    [TestCase("/empty", "bytes=0-0")]
    [TestCase("/empty", "bytes=-5")]
    [CancelAfter(10_000)]
    public async Task A_range_outside_is_answered_with_416(string target, string range, CancellationToken cancellationToken)
    {
        using HttpResponseMessage response = await _client.GetAsync(target, cancellationToken, ("Range", range));
        Assert.That(await ServerClient.OutcomeAsync(response, cancellationToken), Is.EqualTo("416 InvalidRange"));
    }

    [TestCase("bytes=5-2")]
    [TestCase("bytes=a-b")]
    [TestCase("bytes=0-1,4-5")]
    [TestCase("lines=0-1")]
    [CancelAfter(10_000)]
    public async Task A_range_that_cannot_be_read_is_ignored(string range, CancellationToken cancellationToken)
    {
        using HttpResponseMessage response = await _client.GetAsync("/text", cancellationToken, ("Range", range));
        Assert.That(response.StatusCode, Is.EqualTo(HttpStatusCode.OK));
        Assert.That(await response.Content.ReadAsStringAsync(cancellationToken), Is.EqualTo("hello"));
    }

    [TestCase("If-Match", "\"5d41402abc4b2a76b9719d911017c592\"", "200")]
    [TestCase("If-Match", "5d41402abc4b2a76b9719d911017c592", "200")]
    [TestCase("If-Match", "\"x\", \"5d41402abc4b2a76b9719d911017c592\"", "200")]
    [TestCase("If-Match", "*", "200")]
    [TestCase("If-Match", "\"x\"", "412 PreconditionFailed")]
    [TestCase("If-Match", "W/\"5d41402abc4b2a76b9719d911017c592\"", "412 PreconditionFailed")]
    [TestCase("If-None-Match", "\"5d41402abc4b2a76b9719d911017c592\"", "304")]
    [TestCase("If-None-Match", "\"x\"", "200")]
    [TestCase("If-Unmodified-Since", "Mon, 06 May 2024 07:08:09 GMT", "200")]
    [TestCase("If-Unmodified-Since", "Mon, 06 May 2024 07:08:08 GMT", "412 PreconditionFailed")]
    [TestCase("If-Modified-Since", "Mon, 06 May 2024 07:08:09 GMT", "304")]
    [TestCase("If-Modified-Since", "Mon, 06 May 2024 07:08:08 GMT", "200")]
    [CancelAfter(10_000)]
    public async Task Conditions_are_heeded(string name, string value, string outcome, CancellationToken cancellationToken)
    {
        using HttpResponseMessage response = await _client.GetAsync("/text", cancellationToken, (name, value));
        Assert.That(await ServerClient.OutcomeAsync(response, cancellationToken), Is.EqualTo(outcome));
    }

    [Test, CancelAfter(10_000)]
    public async Task Head_tells_everything_and_sends_no_body(CancellationToken cancellationToken)
    {
        using HttpResponseMessage response = await _client.SendAsync(HttpMethod.Head, "/text", cancellationToken);
        Assert.That((int)response.StatusCode, Is.EqualTo(200));
        Assert.That(response.Content.Headers.ContentLength, Is.EqualTo(5));
        Assert.That(response.Content.Headers.LastModified, Is.EqualTo(new DateTimeOffset(2024, 5, 6, 7, 8, 9, TimeSpan.Zero)));
        Assert.That(response.Headers.ETag?.Tag, Is.EqualTo("\"5d41402abc4b2a76b9719d911017c592\""));
        Assert.That(response.Headers.GetValues("x-amz-request-id").Single(), Has.Length.EqualTo(16));
        Assert.That(await response.Content.ReadAsByteArrayAsync(cancellationToken), Is.Empty);
    }

    [TestCase("/none", "404 NoSuchKey")]
    [TestCase("/%zz", "400 InvalidURI")]
    [TestCase("/%ff", "400 InvalidURI")]
    [TestCase("/text?acl", "501 NotImplemented")]
    [CancelAfter(10_000)]
    public async Task What_cannot_be_served_says_why(string target, string outcome, CancellationToken cancellationToken)
    {
        using HttpResponseMessage response = await _client.GetAsync(target, cancellationToken);
        Assert.That(await ServerClient.OutcomeAsync(response, cancellationToken), Is.EqualTo(outcome));
    }

    [Test, CancelAfter(10_000)]
    public async Task A_missing_bucket_is_not_a_missing_key(CancellationToken cancellationToken)
    {
        using HttpResponseMessage response = await _client.SendRawAsync(HttpMethod.Get, "/nothing/here", cancellationToken);
        Assert.That(await ServerClient.OutcomeAsync(response, cancellationToken), Is.EqualTo("404 NoSuchBucket"));
    }

    [Test, CancelAfter(10_000)]
    public async Task An_archived_object_shows_its_class_and_is_not_read(CancellationToken cancellationToken)
    {
        _client.Bucket.Objects.Put(_client.Bucket.Put("cold", "brr") with { StorageClass = "GLACIER" });
        using HttpResponseMessage head = await _client.SendAsync(HttpMethod.Head, "/cold", cancellationToken);
        using HttpResponseMessage get = await _client.GetAsync("/cold", cancellationToken);
        Assert.That(head.Headers.GetValues("x-amz-storage-class"), Is.EqualTo(["GLACIER"]));
        Assert.That(await ServerClient.OutcomeAsync(get, cancellationToken), Is.EqualTo("403 InvalidObjectState"));
    }

    [Test, CancelAfter(10_000)]
    public async Task What_is_put_comes_back_with_its_headers(CancellationToken cancellationToken)
    {
        using HttpResponseMessage put = await _client.SendAsync(HttpMethod.Put, "/new", cancellationToken, ("body", "bytes"), ("x-amz-meta-colour", "red"));
        using HttpResponseMessage again = await _client.SendAsync(HttpMethod.Put, "/new", cancellationToken, ("body", "other"), ("If-None-Match", "*"));
        using HttpResponseMessage get = await _client.GetAsync("/new", cancellationToken);
        Assert.That(put.Headers.ETag?.Tag, Is.EqualTo("\"4b3a6218bb3e3a7303e8a171a60fcf92\""));
        Assert.That(await ServerClient.OutcomeAsync(again, cancellationToken), Is.EqualTo("412 PreconditionFailed"));
        Assert.That(get.Headers.GetValues("x-amz-meta-colour"), Is.EqualTo(["red"]));
        Assert.That(await get.Content.ReadAsStringAsync(cancellationToken), Is.EqualTo("bytes"));
    }
}
