using System.Net;
using S3Mount.Testing.S3Server;
using S3Mount.Testing.S3Server.Faults;

namespace S3Mount.Testing.Tests.S3Server;

public sealed class FaultTests
{
    private const int Size = 300_000;

    private ServerClient _client = null!;

    [SetUp]
    public async Task Start()
    {
        _client = await ServerClient.StartAsync();
        _client.Bucket.PutRamp("ramp", Size);
    }

    [TearDown]
    public async Task Stop() => await _client.DisposeAsync();

    [Test, CancelAfter(10_000)]
    public async Task A_rule_takes_the_requests_that_it_names(CancellationToken cancellationToken)
    {
        ActiveFault fault = _client.Server.Faults.Add(new FaultRule { Operation = S3Operation.GetObject, Key = "r*p", Skip = 1, Every = 2, Times = 2, Effect = AnswerFault.SlowDown });
        _client.Bucket.Put("other", "x");
        var outcomes = new List<string>();
        for (int i = 0; i < 7; i++)
        {
            using HttpResponseMessage other = await _client.GetAsync("/other", cancellationToken);
            using HttpResponseMessage response = await _client.GetAsync("/ramp", cancellationToken, ("Range", "bytes=0-9"));
            outcomes.Add(await ServerClient.OutcomeAsync(response, cancellationToken));
            Assert.That((int)other.StatusCode, Is.EqualTo(200));
        }
        Assert.That(outcomes, Is.EqualTo(["206", "503 SlowDown", "206", "503 SlowDown", "206", "206", "206"]));
        Assert.That(fault.Taken, Is.EqualTo(2));
    }

    [Test, CancelAfter(10_000)]
    public async Task A_reset_before_the_answer_leaves_none(CancellationToken cancellationToken)
    {
        _client.Server.Faults.Next(S3Operation.GetObject, new ResetFault());
        Assert.That(async () => await _client.GetAsync("/ramp", cancellationToken), Throws.InstanceOf<HttpRequestException>());
        using HttpResponseMessage again = await _client.GetAsync("/ramp", cancellationToken);
        Assert.That((int)again.StatusCode, Is.EqualTo(200));
    }

    [Test, CancelAfter(10_000)]
    public async Task A_body_breaks_off_where_the_rule_says([Values] bool withReset, CancellationToken cancellationToken)
    {
        _client.Server.Faults.Next(S3Operation.GetObject, withReset ? new ResetFault(100_000) : new CutFault(100_000));
        using HttpResponseMessage response = await _client.GetAsync("/ramp", cancellationToken);
        await using Stream body = await response.Content.ReadAsStreamAsync(cancellationToken);
        byte[] bytes = new byte[Size];
        int filled = 0;
        Exception? failure = null;
        try
        {
            int count;
            while ((count = await body.ReadAsync(bytes.AsMemory(filled), cancellationToken)) > 0)
                filled += count;
        }
        catch (IOException exception)
        {
            failure = exception;
        }
        Assert.That(failure, Is.Not.Null);
        // A reset may overtake bytes that were on their way; a body that was cut arrives to its last byte.
        Assert.That(filled, withReset ? Is.LessThanOrEqualTo(100_000) : Is.EqualTo(100_000));
        Assert.That(Ramp.FirstDifference(bytes.AsSpan(0, filled), 0), Is.EqualTo(-1));
    }

    [Test, CancelAfter(10_000)]
    public async Task A_stalled_body_goes_on_when_the_gate_opens(CancellationToken cancellationToken)
    {
        using var gate = new Gate();
        _client.Server.Faults.Next(S3Operation.GetObject, new StallFault(1000) { Gate = gate });
        using HttpResponseMessage response = await _client.GetAsync("/ramp", cancellationToken);
        await gate.WaitForArrivalsAsync(1, cancellationToken);
        Task<byte[]> body = response.Content.ReadAsByteArrayAsync(cancellationToken);
        Assert.That(body.IsCompleted, Is.False);
        gate.Open();
        Assert.That(Ramp.FirstDifference(await body, 0), Is.EqualTo(-1));
    }

    [Test, CancelAfter(10_000)]
    public async Task A_held_request_sees_what_was_put_meanwhile(CancellationToken cancellationToken)
    {
        using var gate = new Gate();
        _client.Server.Faults.Next(S3Operation.GetObject, new HoldFault(gate));
        Task<HttpResponseMessage> held = _client.GetAsync("/ramp", cancellationToken);
        await gate.WaitForArrivalsAsync(1, cancellationToken);
        Assert.That(_client.Server.Requests.InFlight, Is.EqualTo(1));
        _client.Bucket.Put("ramp", "new");
        gate.Open();
        using HttpResponseMessage response = await held;
        Assert.That(await response.Content.ReadAsStringAsync(cancellationToken), Is.EqualTo("new"));
    }

    [Test, CancelAfter(10_000)]
    public async Task A_held_request_is_given_up_when_its_client_goes(CancellationToken cancellationToken)
    {
        using var gate = new Gate();
        _client.Server.Faults.Next(S3Operation.GetObject, new HoldFault(gate));
        using var impatience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        Task<HttpResponseMessage> held = _client.GetAsync("/ramp", impatience.Token);
        await gate.WaitForArrivalsAsync(1, cancellationToken);
        await impatience.CancelAsync();
        Assert.That(async () => await held, Throws.InstanceOf<OperationCanceledException>());
        while (_client.Server.Requests.InFlight > 0 || _client.Server.Statistics.ConnectionsOpen > 0)
        {
            cancellationToken.ThrowIfCancellationRequested();
            await Task.Yield();
        }
        Assert.That(gate.Waiting, Is.Zero);
    }

    [Test, CancelAfter(10_000)]
    public async Task One_byte_is_flipped_and_no_other(CancellationToken cancellationToken)
    {
        _client.Server.Faults.Next(S3Operation.GetObject, new FlipFault(70_000));
        using HttpResponseMessage response = await _client.GetAsync("/ramp", cancellationToken, ("Range", "bytes=1000-"));
        byte[] body = await response.Content.ReadAsByteArrayAsync(cancellationToken);
        Assert.That(Ramp.FirstDifference(body, 1000), Is.EqualTo(70_000));
        body[70_000] = (byte)~body[70_000];
        Assert.That(Ramp.FirstDifference(body, 1000), Is.EqualTo(-1));
    }

    [Test, CancelAfter(10_000)]
    public async Task A_seed_draws_the_byte_that_is_flipped(CancellationToken cancellationToken)
    {
        const int First = 100_000;
        List<int>[] places = [[], []];
        foreach (List<int> round in places)
        {
            _client.Server.Faults.Next(S3Operation.GetObject, new FlipFault(First) { Seed = 3 }, times: 10);
            for (int i = 0; i < 10; i++)
            {
                byte[] body = await (await _client.GetAsync("/ramp", cancellationToken)).Content.ReadAsByteArrayAsync(cancellationToken);
                int place = (int)Ramp.FirstDifference(body, 0);
                round.Add(place);
                body[place] = (byte)~body[place];
                Assert.That(Ramp.FirstDifference(body, 0), Is.EqualTo(-1));
            }
        }
        Assert.That(places[0], Is.Unique.And.All.InRange(First, Size - 1));
        Assert.That(places[1], Is.EqualTo(places[0]));
    }

    [Test, CancelAfter(10_000)]
    public async Task Headers_can_lie(CancellationToken cancellationToken)
    {
        _client.Server.Faults.Next(S3Operation.GetObject, new HeaderFault("ETag", "\"other\""));
        _client.Server.Faults.Next(S3Operation.GetObject, new HeaderFault("Content-Range", "bytes 5-14/300000"));
        using HttpResponseMessage response = await _client.GetAsync("/ramp", cancellationToken, ("Range", "bytes=0-9"));
        Assert.That(response.Headers.ETag?.Tag, Is.EqualTo("\"other\""));
        Assert.That(response.Content.Headers.ContentRange?.ToString(), Is.EqualTo("bytes 5-14/300000"));
    }

    [Test, CancelAfter(10_000)]
    public async Task Conditions_and_ranges_can_be_ignored(CancellationToken cancellationToken)
    {
        _client.Server.Faults.Next(S3Operation.GetObject, new IgnoreConditionsFault());
        _client.Server.Faults.Next(S3Operation.GetObject, new IgnoreRangeFault());
        using HttpResponseMessage response = await _client.GetAsync("/ramp", cancellationToken, ("Range", "bytes=0-9"), ("If-Match", "\"x\""));
        Assert.That((response.StatusCode, response.Content.Headers.ContentLength), Is.EqualTo((HttpStatusCode.OK, (long?)Size)));
    }

    [Test, CancelAfter(10_000)]
    public async Task A_body_can_be_shorter_than_the_range(CancellationToken cancellationToken)
    {
        _client.Server.Faults.Next(S3Operation.GetObject, new ShortenFault(4));
        using HttpResponseMessage response = await _client.GetAsync("/ramp", cancellationToken, ("Range", "bytes=0-9"));
        Assert.That(response.Content.Headers.ContentRange?.ToString(), Is.EqualTo("bytes 0-9/300000"));
        Assert.That(await response.Content.ReadAsByteArrayAsync(cancellationToken), Is.EqualTo(Ramp.Create(4)));
    }

    [Test, CancelAfter(10_000)]
    public async Task A_redirect_names_another_place(CancellationToken cancellationToken)
    {
        _client.Server.Faults.Next(S3Operation.ListObjectsV2, AnswerFault.Redirect("http://elsewhere.example/"));
        using HttpResponseMessage response = await _client.GetAsync("?list-type=2", cancellationToken);
        Assert.That(((int)response.StatusCode, response.Headers.Location?.ToString()), Is.EqualTo((307, "http://elsewhere.example/")));
    }
}
