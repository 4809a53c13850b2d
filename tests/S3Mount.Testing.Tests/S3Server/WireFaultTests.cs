using System.Net.Sockets;
using System.Text;
using S3Mount.Testing.S3Server;
using S3Mount.Testing.S3Server.Faults;

namespace S3Mount.Testing.Tests.S3Server;

/// <summary>Faults that a client's HTTP stack would hide, as they stand on the wire.</summary>
public sealed class WireFaultTests
{
    private const string Request = "GET /bucket/k HTTP/1.1\r\nHost: x\r\n\r\n";
    private const string LastRequest = "GET /bucket/k HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n";

    private readonly FakeTimeProvider _time = new();
    private ServerClient _client = null!;

    [SetUp]
    public async Task Start()
    {
        _client = await ServerClient.StartAsync(new S3ServerOptions { TimeProvider = _time });
        _client.Bucket.Put("k", "12345");
    }

    [TearDown]
    public async Task Stop() => await _client.DisposeAsync();

    [Test, CancelAfter(10_000)]
    public async Task A_head_stalls_in_its_middle(CancellationToken cancellationToken)
    {
        using var gate = new Gate();
        _client.Server.Faults.Next(S3Operation.GetObject, new StallFault(12) { InHead = true, Gate = gate });
        using Wire wire = Connect();
        await wire.SendAsync(LastRequest, cancellationToken);
        Assert.That(await wire.ReadAsync(12, cancellationToken), Is.EqualTo("HTTP/1.1 200"));
        await gate.WaitForArrivalsAsync(1, cancellationToken);
        Assert.That(wire.Available, Is.Zero);
        gate.Open();
        Assert.That(await wire.ReadToEndAsync(cancellationToken), Does.StartWith(" OK\r\n").And.EndsWith("\r\n\r\n12345"));
    }

    [Test, CancelAfter(10_000)]
    public async Task A_head_is_cut(CancellationToken cancellationToken)
    {
        _client.Server.Faults.Next(S3Operation.GetObject, new CutFault(20) { InHead = true });
        using Wire wire = Connect();
        await wire.SendAsync(Request, cancellationToken);
        Assert.That(await wire.ReadToEndAsync(cancellationToken), Has.Length.EqualTo(20).And.StartsWith("HTTP/1.1 200 OK\r\n"));
    }

    [Test, CancelAfter(10_000)]
    public async Task A_body_comes_in_drops(CancellationToken cancellationToken)
    {
        _client.Server.Faults.Next(S3Operation.GetObject, new DribbleFault(1, TimeSpan.FromSeconds(29)) { AfterBytes = 2 });
        using Wire wire = Connect();
        await wire.SendAsync(LastRequest, cancellationToken);
        string text = await wire.ReadUntilAsync("\r\n\r\n12", cancellationToken);
        for (int i = 3; i <= 5; i++)
        {
            await _time.WaitForTimersAsync(1, cancellationToken);
            Assert.That(wire.Available, Is.Zero);
            _time.Advance(TimeSpan.FromSeconds(29));
            text += await wire.ReadAsync(1, cancellationToken);
        }
        Assert.That(text, Does.EndWith("\r\n\r\n12345"));
    }

    [Test, CancelAfter(10_000)]
    public async Task Bytes_that_were_not_announced_lie_before_the_next_answer(CancellationToken cancellationToken)
    {
        _client.Server.Faults.Next(S3Operation.GetObject, new LengthenFault(7) { Text = "abc" });
        using Wire wire = Connect();
        await wire.SendAsync(Request + LastRequest, cancellationToken);
        string answers = await wire.ReadToEndAsync(cancellationToken);
        Assert.That(answers, Does.Contain("Content-Length: 5\r\n").And.Contain("\r\n\r\n12345abcabcaHTTP/1.1 200 OK\r\n").And.EndsWith("\r\n\r\n12345"));
    }

    [Test, CancelAfter(10_000)]
    public async Task Bytes_that_were_announced_are_more_than_the_range(CancellationToken cancellationToken)
    {
        _client.Server.Faults.Next(S3Operation.GetObject, new LengthenFault(3) { IsAnnounced = true, Text = "x" });
        using HttpResponseMessage response = await _client.GetAsync("/k", cancellationToken, ("Range", "bytes=1-2"));
        Assert.That(response.Content.Headers.ContentRange?.ToString(), Is.EqualTo("bytes 1-2/5"));
        Assert.That(await response.Content.ReadAsStringAsync(cancellationToken), Is.EqualTo("23xxx"));
    }

    [Test, CancelAfter(10_000)]
    public async Task A_document_is_as_long_as_the_rule_says([Values] bool isAnnounced, CancellationToken cancellationToken)
    {
        _client.Server.Faults.Next(S3Operation.ListObjectsV2, new LongBodyFault("<a>") { Begin = "<b>", Times = 100_000, End = "</b>", IsAnnounced = isAnnounced });
        using HttpResponseMessage response = await _client.GetAsync("?list-type=2", cancellationToken);
        // Asked for later, it would be what has been read.
        bool hasLength = response.Content.Headers.ContentLength is not null;
        string body = await response.Content.ReadAsStringAsync(cancellationToken);
        Assert.That(hasLength, Is.EqualTo(isAnnounced));
        Assert.That(body == "<b>" + string.Concat(Enumerable.Repeat("<a>", 100_000)) + "</b>", Is.True, $"{body.Length} characters");
    }

    [Test, CancelAfter(10_000)]
    public async Task A_document_without_an_end_is_sent_until_its_reader_goes(CancellationToken cancellationToken)
    {
        _client.Server.Faults.Next(S3Operation.ListObjectsV2, new LongBodyFault("0123456789"));
        using (HttpResponseMessage response = await _client.GetAsync("?list-type=2", cancellationToken))
        await using (Stream body = await response.Content.ReadAsStreamAsync(cancellationToken))
        {
            byte[] buffer = new byte[10_000_000];
            await body.ReadExactlyAsync(buffer, cancellationToken);
            Assert.That(buffer.Chunk(10).All(ten => ten.AsSpan().SequenceEqual("0123456789"u8)), Is.True);
        }
        while (_client.Server.Statistics.ConnectionsOpen > 0)
        {
            cancellationToken.ThrowIfCancellationRequested();
            await Task.Yield();
        }
    }

    [Test, CancelAfter(10_000)]
    public async Task Connections_are_refused_and_then_taken_again_on_the_same_port(CancellationToken cancellationToken)
    {
        int port = _client.Server.Port;
        for (int i = 0; i < 3; i++)
        {
            _client.Server.Connections = ConnectionMode.Refuse;
            Assert.That(() => Connect(), Throws.InstanceOf<SocketException>().With.Property(nameof(SocketException.SocketErrorCode)).EqualTo(SocketError.ConnectionRefused));
            _client.Server.Connections = ConnectionMode.Serve;
            using Wire wire = Connect();
            await wire.SendAsync(LastRequest, cancellationToken);
            Assert.That(await wire.ReadToEndAsync(cancellationToken), Does.EndWith("12345"));
        }
        Assert.That(_client.Server.Port, Is.EqualTo(port));
    }

    [Test, CancelAfter(10_000)]
    public async Task Open_connections_are_served_while_new_ones_are_refused(CancellationToken cancellationToken)
    {
        using Wire wire = Connect();
        await wire.SendAsync(Request, cancellationToken);
        await wire.ReadUntilAsync("12345", cancellationToken);
        _client.Server.SetConnections(ConnectionMode.Refuse, TimeSpan.FromMinutes(10));
        await wire.SendAsync(LastRequest, cancellationToken);
        Assert.That(await wire.ReadToEndAsync(cancellationToken), Does.EndWith("12345"));
        Assert.That(() => Connect(), Throws.InstanceOf<SocketException>());
        _time.Advance(TimeSpan.FromMinutes(10));
        using Wire again = Connect();
        await again.SendAsync(LastRequest, cancellationToken);
        Assert.That(await again.ReadToEndAsync(cancellationToken), Does.EndWith("12345"));
    }

    [Test, CancelAfter(10_000)]
    public async Task A_connection_is_accepted_and_never_answered(CancellationToken cancellationToken)
    {
        _client.Server.Connections = ConnectionMode.Silence;
        using (Wire wire = Connect())
        {
            await wire.SendAsync(Request, cancellationToken);
            await ConnectionsAsync(1, cancellationToken);
            _client.Server.Connections = ConnectionMode.Serve;
            using Wire other = Connect();
            await other.SendAsync(LastRequest, cancellationToken);
            Assert.That(await other.ReadToEndAsync(cancellationToken), Does.EndWith("12345"));
            Assert.That(wire.Available, Is.Zero);
            Assert.That(_client.Server.Requests.Total, Is.EqualTo(1));
        }
        await ConnectionsAsync(0, cancellationToken);
    }

    [Test, CancelAfter(10_000)]
    public async Task A_connection_is_accepted_and_ended_at_once(CancellationToken cancellationToken)
    {
        _client.Server.Connections = ConnectionMode.Close;
        using Wire wire = Connect();
        Assert.That(await wire.ReadToEndAsync(cancellationToken), Is.Empty);
    }

    private Wire Connect() => new(_client.Server.Port);

    private async Task ConnectionsAsync(int count, CancellationToken cancellationToken)
    {
        while (_client.Server.Statistics.ConnectionsOpen != count)
        {
            cancellationToken.ThrowIfCancellationRequested();
            await Task.Yield();
        }
    }

    private sealed class Wire(int port) : IDisposable
    {
        private readonly TcpClient _connection = new("127.0.0.1", port);

        public int Available => _connection.Available;

        public async Task SendAsync(string text, CancellationToken cancellationToken) =>
            await _connection.GetStream().WriteAsync(Encoding.Latin1.GetBytes(text), cancellationToken);

        public async Task<string> ReadAsync(int length, CancellationToken cancellationToken)
        {
            byte[] bytes = new byte[length];
            await _connection.GetStream().ReadExactlyAsync(bytes, cancellationToken);
            return Encoding.Latin1.GetString(bytes);
        }

        public async Task<string> ReadUntilAsync(string end, CancellationToken cancellationToken)
        {
            string text = "";
            while (!text.EndsWith(end, StringComparison.Ordinal))
                text += await ReadAsync(1, cancellationToken);
            return text;
        }

        public async Task<string> ReadToEndAsync(CancellationToken cancellationToken)
        {
            using var reader = new StreamReader(_connection.GetStream(), Encoding.Latin1);
            return await reader.ReadToEndAsync(cancellationToken);
        }

        public void Dispose() => _connection.Dispose();
    }
}
