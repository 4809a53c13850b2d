using System.Net.Sockets;
using System.Text;

namespace S3Mount.Testing.Tests.S3Server;

/// <summary>HTTP as it stands on the wire.</summary>
public sealed class WireTests
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
    public async Task Requests_sent_together_are_answered_in_order(CancellationToken cancellationToken)
    {
        string answers = await ExchangeAsync(
            "GET /bucket/k HTTP/1.1\r\nHost: x\r\n\r\nGET /bucket/none HTTP/1.1\r\nHost: x\r\n\r\nGET /bucket/k HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n",
            cancellationToken);
        Assert.That(answers.Split("\r\n").Where(line => line.Contains("HTTP/1.1 ")).Select(line => line[line.IndexOf("HTTP/1.1 ")..]), Is.EqualTo(["HTTP/1.1 200 OK", "HTTP/1.1 404 Not Found", "HTTP/1.1 200 OK"]));
        Assert.That(answers, Does.EndWith("Connection: close\r\n\r\n12345"));
    }

    [Test, CancelAfter(10_000)]
    public async Task A_chunked_body_is_put_together(CancellationToken cancellationToken)
    {
        await ExchangeAsync(
            "PUT /bucket/new HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n5;x=y\r\nhello\r\n1\r\n!\r\n0\r\nTrailer: 1\r\n\r\n",
            cancellationToken);
        Assert.That(await Content("new"), Is.EqualTo("hello!"));
    }

    [Test, CancelAfter(10_000)]
    public async Task A_signed_payload_in_pieces_is_put_together(CancellationToken cancellationToken)
    {
        string pieces = "5;chunk-signature=aa\r\nhello\r\n1;chunk-signature=bb\r\n!\r\n0;chunk-signature=cc\r\nx-amz-checksum-crc32:AAAAAA==\r\n\r\n";
        await ExchangeAsync(
            $"PUT /bucket/new HTTP/1.1\r\nHost: x\r\nx-amz-content-sha256: STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER\r\nx-amz-decoded-content-length: 6\r\nContent-Length: {pieces.Length}\r\nConnection: close\r\n\r\n{pieces}",
            cancellationToken);
        Assert.That(await Content("new"), Is.EqualTo("hello!"));
    }

    [Test, CancelAfter(10_000)]
    public async Task A_client_that_waits_for_leave_to_send_gets_it(CancellationToken cancellationToken)
    {
        string answers = await ExchangeAsync("PUT /bucket/new HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 5\r\nConnection: close\r\n\r\nhello", cancellationToken);
        Assert.That(answers, Does.StartWith("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\n"));
        Assert.That(await Content("new"), Is.EqualTo("hello"));
    }

    [TestCase("NONSENSE\r\n\r\n", "HTTP/1.1 400 ")]
    [TestCase("GET / HTTP/2.0\r\n\r\n", "HTTP/1.1 505 ")]
    [TestCase("GET / HTTP/1.1\r\nno colon\r\n\r\n", "HTTP/1.1 400 ")]
    [TestCase("PUT /bucket/k HTTP/1.1\r\nContent-Length: many\r\n\r\n", "HTTP/1.1 400 ")]
    [CancelAfter(10_000)]
    public async Task What_is_no_http_is_refused(string request, string answer, CancellationToken cancellationToken)
    {
        Assert.That(await ExchangeAsync(request, cancellationToken), Does.StartWith(answer));
    }

    [Test, CancelAfter(10_000)]
    public async Task Open_connections_are_counted(CancellationToken cancellationToken)
    {
        using var connection = new TcpClient("127.0.0.1", _client.Server.Port);
        while (_client.Server.Statistics.ConnectionsOpen != 1)
        {
            cancellationToken.ThrowIfCancellationRequested();
            await Task.Yield();
        }
        connection.Close();
        while (_client.Server.Statistics.ConnectionsOpen != 0)
        {
            cancellationToken.ThrowIfCancellationRequested();
            await Task.Yield();
        }
        Assert.That(_client.Server.Statistics.ConnectionsAccepted, Is.EqualTo(1));
    }

    private async Task<string> ExchangeAsync(string requests, CancellationToken cancellationToken)
    {
        using var connection = new TcpClient("127.0.0.1", _client.Server.Port);
        NetworkStream stream = connection.GetStream();
        await stream.WriteAsync(Encoding.Latin1.GetBytes(requests), cancellationToken);
        using var reader = new StreamReader(stream, Encoding.Latin1);
        return await reader.ReadToEndAsync(cancellationToken);
    }

    private async Task<string> Content(string key)
    {
        using HttpResponseMessage response = await _client.GetAsync("/" + key, CancellationToken.None);
        return await response.Content.ReadAsStringAsync();
    }
}
