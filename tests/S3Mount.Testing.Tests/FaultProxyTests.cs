using S3Mount.Testing.S3Server;
using S3Mount.Testing.S3Server.Faults;

namespace S3Mount.Testing.Tests;

/// <summary>The proxy before a store: signed requests pass, and rules hold.</summary>
public sealed class FaultProxyTests
{
    private S3TestServer _store = null!;
    private FaultProxy _proxy = null!;
    private HttpClient _client = null!;

    [SetUp]
    public async Task Start()
    {
        _store = await S3TestServer.StartAsync();
        _store.CreateBucket("bucket", isPublic: true).PutRamp("a b/%2e/ramp", 300_000);
        _proxy = new FaultProxy(_store.Url);
        _client = new HttpClient(new SocketsHttpHandler { ActivityHeadersPropagator = null });
    }

    [TearDown]
    public async Task Stop()
    {
        _client.Dispose();
        await _proxy.DisposeAsync();
        await _store.DisposeAsync();
    }

    [Test, CancelAfter(10_000)]
    public async Task A_request_reaches_the_store_as_it_was(CancellationToken cancellationToken)
    {
        using HttpResponseMessage response = await SendAsync(HttpMethod.Get, cancellationToken, ("Range", "bytes=1000-1999"), ("x-amz-date", "20260102T030405Z"));
        Assert.That((int)response.StatusCode, Is.EqualTo(206));
        Assert.That(response.Content.Headers.ContentRange?.ToString(), Is.EqualTo("bytes 1000-1999/300000"));
        Assert.That(Ramp.FirstDifference(await response.Content.ReadAsByteArrayAsync(cancellationToken), 1000), Is.EqualTo(-1));
        RequestLogEntry entry = _store.Requests.Entries.Single();
        Assert.That(entry.Target, Is.EqualTo("/bucket/a%20b/%252e/ramp"));
        Assert.That(entry.Headers["Host"], Is.EqualTo(new Uri(_proxy.Url).Authority));
        Assert.That(entry.Headers["x-amz-date"], Is.EqualTo("20260102T030405Z"));
        Assert.That(response.Headers.GetValues("x-amz-request-id").Single(), Is.EqualTo(entry.RequestId));
    }

    [Test, CancelAfter(10_000)]
    public async Task A_head_tells_the_length_of_the_object(CancellationToken cancellationToken)
    {
        using HttpResponseMessage response = await SendAsync(HttpMethod.Head, cancellationToken);
        Assert.That(((int)response.StatusCode, response.Content.Headers.ContentLength), Is.EqualTo((200, (long?)300_000)));
    }

    [Test, CancelAfter(10_000)]
    public async Task Answers_go_wrong_by_the_rules(CancellationToken cancellationToken)
    {
        _proxy.Faults.Next(S3Operation.GetObject, AnswerFault.SlowDown, key: "a b/*");
        _proxy.Faults.Add(new FaultRule { Operation = S3Operation.GetObject, Skip = 1, Effect = new FlipFault(5) });
        using HttpResponseMessage refused = await SendAsync(HttpMethod.Get, cancellationToken);
        Assert.That((int)refused.StatusCode, Is.EqualTo(503));
        Assert.That(_store.Requests.Total, Is.Zero);
        using HttpResponseMessage flipped = await SendAsync(HttpMethod.Get, cancellationToken);
        Assert.That(Ramp.FirstDifference(await flipped.Content.ReadAsByteArrayAsync(cancellationToken), 0), Is.EqualTo(5));
        using HttpResponseMessage right = await SendAsync(HttpMethod.Get, cancellationToken);
        Assert.That(Ramp.FirstDifference(await right.Content.ReadAsByteArrayAsync(cancellationToken), 0), Is.EqualTo(-1));
    }

    [Test, CancelAfter(10_000)]
    public async Task A_store_that_is_gone_is_a_bad_gateway(CancellationToken cancellationToken)
    {
        _store.Connections = ConnectionMode.Refuse;
        using HttpResponseMessage response = await SendAsync(HttpMethod.Get, cancellationToken);
        Assert.That((int)response.StatusCode, Is.EqualTo(502));
    }

    private async Task<HttpResponseMessage> SendAsync(HttpMethod method, CancellationToken cancellationToken, params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(method, _proxy.Url + "/bucket/a%20b/%252e/ramp");
        foreach ((string name, string value) in headers)
            request.Headers.TryAddWithoutValidation(name, value);
        return await _client.SendAsync(request, cancellationToken);
    }
}
