using System.Text.Json;
using S3Mount.Testing.S3Server;

namespace S3Mount.Testing.Tests.S3Server;

public sealed class ControlTests
{
    private ServerClient _client = null!;

    [SetUp]
    public async Task Start()
    {
        _client = await ServerClient.StartAsync();
        _client.Bucket.Put("k", "12345");
    }

    [TearDown]
    public async Task Stop() => await _client.DisposeAsync();

    [Test, CancelAfter(10_000)]
    public async Task Statistics_count_what_was_asked_but_not_the_asking(CancellationToken cancellationToken)
    {
        for (int i = 0; i < 3; i++)
            (await _client.GetAsync("/k", cancellationToken)).Dispose();
        (await _client.GetAsync("?list-type=2&prefix=none", cancellationToken)).Dispose();
        JsonElement stats = await ControlAsync(HttpMethod.Get, "stats", null, cancellationToken);
        Assert.That(stats.GetProperty("requests").GetProperty("GetObject").GetInt64(), Is.EqualTo(3));
        Assert.That(stats.GetProperty("totalRequests").GetInt64(), Is.EqualTo(4));
        await ControlAsync(HttpMethod.Post, "reset", null, cancellationToken);
        stats = await ControlAsync(HttpMethod.Get, "stats", null, cancellationToken);
        Assert.That((stats.GetProperty("totalRequests").GetInt64(), stats.GetProperty("bytesSent").GetInt64()), Is.EqualTo((0, 0)));
    }

    [Test, CancelAfter(10_000)]
    public async Task Statistics_say_how_many_requests_were_under_way_at_once(CancellationToken cancellationToken)
    {
        _client.Server.Speed = new S3ServerSpeed(TimeSpan.FromMilliseconds(300), TimeSpan.Zero, 0);
        foreach (HttpResponseMessage response in await Task.WhenAll(Enumerable.Range(0, 3).Select(_ => _client.GetAsync("/k", cancellationToken))))
            response.Dispose();
        JsonElement stats = await ControlAsync(HttpMethod.Get, "stats", null, cancellationToken);
        Assert.That(stats.GetProperty("mostAtOnce").GetInt32(), Is.EqualTo(3));
        await ControlAsync(HttpMethod.Post, "reset", null, cancellationToken);
        (await _client.GetAsync("/k", cancellationToken)).Dispose();
        Assert.That(_client.Server.Statistics.MostAtOnce, Is.EqualTo(1));
    }

    [Test, CancelAfter(10_000)]
    public async Task Speed_can_be_changed(CancellationToken cancellationToken)
    {
        await ControlAsync(HttpMethod.Post, "speed", """{"firstByteMilliseconds": 20, "listingMilliseconds": 60, "bytesPerSecond": 80000000}""", cancellationToken);
        Assert.That(_client.Server.Speed, Is.EqualTo(S3ServerSpeed.Remote));
    }

    [TestCase("""{"kind": "answer", "status": 503, "code": "SlowDown"}""", "503 SlowDown")]
    [TestCase("""{"kind": "header", "name": "Content-Type", "value": "text/plain"}""", "200")]
    [TestCase("""{"status": 404, "kind": "answer"}""", "404")]
    [CancelAfter(10_000)]
    public async Task Faults_can_be_set_and_cleared(string effect, string outcome, CancellationToken cancellationToken)
    {
        string rule = $$"""{"operation": "GetObject", "key": "k*", "times": 1000, "effect": {{effect}}}""";
        await ControlAsync(HttpMethod.Post, "faults", rule, cancellationToken);
        using HttpResponseMessage faulty = await _client.GetAsync("/k", cancellationToken);
        JsonElement active = await ControlAsync(HttpMethod.Get, "faults", null, cancellationToken);
        await ControlAsync(HttpMethod.Delete, "faults", null, cancellationToken);
        using HttpResponseMessage healthy = await _client.GetAsync("/k", cancellationToken);
        Assert.That(await ServerClient.OutcomeAsync(faulty, cancellationToken), Is.EqualTo(outcome));
        Assert.That(active[0].GetProperty("taken").GetInt32(), Is.EqualTo(1));
        Assert.That(healthy.Content.Headers.ContentType?.MediaType, Is.EqualTo("binary/octet-stream"));
    }

    [Test, CancelAfter(10_000)]
    public async Task A_rule_that_cannot_be_read_is_refused(CancellationToken cancellationToken)
    {
        using HttpResponseMessage response = await _client.SendRawAsync(HttpMethod.Post, "/_s3mount/faults", cancellationToken, ("body", """{"effect": {"kind": "magic"}}"""));
        Assert.That((int)response.StatusCode, Is.EqualTo(400));
        Assert.That(_client.Server.Faults.Active, Is.Empty);
    }

    [Test, CancelAfter(10_000)]
    public async Task One_rule_can_be_removed_and_the_others_stay(CancellationToken cancellationToken)
    {
        JsonElement first = await ControlAsync(HttpMethod.Post, "faults", """{"times": "always", "effect": {"kind": "answer", "status": 500}}""", cancellationToken);
        await ControlAsync(HttpMethod.Post, "faults", """{"times": "always", "above": {"perSecond": 0.001, "atOnce": 3}, "effect": {"kind": "answer", "status": 503}}""", cancellationToken);
        Assert.That(await StatusAsync(cancellationToken), Is.EqualTo(500));
        int id = first.GetProperty("id").GetInt32();
        await ControlAsync(HttpMethod.Delete, $"faults/{id}", null, cancellationToken);
        // The first of them was within the capacity.
        Assert.That(await StatusAsync(cancellationToken), Is.EqualTo(503));
        using HttpResponseMessage again = await _client.SendRawAsync(HttpMethod.Delete, $"/_s3mount/faults/{id}", cancellationToken);
        Assert.That((int)again.StatusCode, Is.EqualTo(404));
    }

    [TestCase("""{"kind": "dribble", "bytes": 1, "pause": "00:00:00.001", "afterBytes": 2}""")]
    [TestCase("""{"kind": "flip", "at": 0, "seed": 5}""")]
    [TestCase("""{"kind": "lengthen", "bytes": 3, "isAnnounced": true, "text": "x"}""")]
    [TestCase("""{"kind": "longBody", "text": "x", "times": 5, "isAnnounced": true}""")]
    [TestCase("""{"kind": "stall", "afterBytes": 3, "inHead": true, "duration": "00:00:00.010"}""")]
    [TestCase("""{"kind": "listingLoop", "loop": "Cycle", "pages": 3}""")]
    [CancelAfter(10_000)]
    public async Task Every_kind_of_fault_has_its_name(string effect, CancellationToken cancellationToken)
    {
        string rule = $$"""{"probability": 1, "seed": 9, "atOnce": 2, "times": "always", "effect": {{effect}}}""";
        await ControlAsync(HttpMethod.Post, "faults", rule, cancellationToken);
        Assert.That(await StatusAsync(cancellationToken), Is.EqualTo(200));
        Assert.That(_client.Server.Faults.Active.Single().Taken, Is.EqualTo(1));
    }

    [Test, CancelAfter(10_000)]
    public async Task Connections_can_be_refused_for_a_time(CancellationToken cancellationToken)
    {
        await ControlAsync(HttpMethod.Post, "connections", """{"mode": "Refuse", "milliseconds": 200}""", cancellationToken);
        Assert.That(_client.Server.Connections, Is.EqualTo(ConnectionMode.Refuse));
        while (_client.Server.Connections != ConnectionMode.Serve)
        {
            cancellationToken.ThrowIfCancellationRequested();
            await Task.Yield();
        }
        _client.Server.ResetConnections();
        Assert.That(await StatusAsync(cancellationToken), Is.EqualTo(200));
    }

    [Test, CancelAfter(10_000)]
    public async Task Who_resets_all_connections_keeps_its_own(CancellationToken cancellationToken)
    {
        await ControlAsync(HttpMethod.Post, "reset-connections", null, cancellationToken);
        Assert.That(await StatusAsync(cancellationToken), Is.EqualTo(200));
    }

    [Test, CancelAfter(10_000)]
    public async Task The_clock_can_be_set(CancellationToken cancellationToken)
    {
        await ControlAsync(HttpMethod.Post, "clock", """{"aheadSeconds": 3600}""", cancellationToken);
        using HttpResponseMessage response = await _client.GetAsync("/k", cancellationToken);
        Assert.That(response.Headers.Date - DateTimeOffset.UtcNow, Is.EqualTo(TimeSpan.FromHours(1)).Within(TimeSpan.FromMinutes(1)));
    }

    private async Task<int> StatusAsync(CancellationToken cancellationToken)
    {
        using HttpResponseMessage response = await _client.GetAsync("/k", cancellationToken);
        return (int)response.StatusCode;
    }

    private async Task<JsonElement> ControlAsync(HttpMethod method, string path, string? body, CancellationToken cancellationToken)
    {
        using HttpResponseMessage response = await _client.SendRawAsync(method, "/_s3mount/" + path, cancellationToken, body is null ? [] : [("body", body)]);
        Assert.That(response.IsSuccessStatusCode, Is.True, await response.Content.ReadAsStringAsync(cancellationToken));
        byte[] json = await response.Content.ReadAsByteArrayAsync(cancellationToken);
        return json.Length == 0 ? default : JsonDocument.Parse(json).RootElement;
    }
}
