using System.Net.Sockets;
using System.Text;
using S3Mount.Control.Http;
using S3Mount.Testing;

namespace S3Mount.Tests.Control;

/// <summary>The client's side of the control socket: against our own server, and against one that says anything.</summary>
[TestFixture]
[CancelAfter(30_000)]
public sealed class ControlExchangeTests
{
    [TestCase("")]
    [TestCase("hello")]
    public async Task Our_own_server_answers(string body, CancellationToken cancellationToken)
    {
        await using var rig = new ControlRig(TestEndpoint.Echo("POST", "/v1/echo"));
        using Socket socket = await rig.SendAsync("", cancellationToken);
        ControlResponse? response = await ControlExchange.AskAsync(socket, new ControlRequest("POST", "/v1/echo", Encoding.UTF8.GetBytes(body)), cancellationToken);
        Assert.That(response!.Status, Is.EqualTo(200));
        Assert.That(Encoding.UTF8.GetString(response.Body.Span), Is.EqualTo($"\"{body}\""));
    }

    [Test]
    public async Task A_refusal_is_an_answer(CancellationToken cancellationToken)
    {
        await using var rig = new ControlRig(TestEndpoint.Echo("POST", "/v1/echo"));
        using Socket socket = await rig.SendAsync("", cancellationToken);
        ControlResponse? response = await ControlExchange.AskAsync(socket, new ControlRequest("GET", "/v1/other", default), cancellationToken);
        Assert.That(response!.Status, Is.EqualTo(404));
        Assert.That(Encoding.UTF8.GetString(response.Body.Span), Does.Contain("has no GET /v1/other"));
    }

    [Test]
    public async Task The_request_has_these_bytes(CancellationToken cancellationToken)
    {
        (string sent, ControlResponse? response) = await AnsweredAsync("HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}", cancellationToken);
        Assert.That(sent, Is.EqualTo("POST /v1/warm HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 3\r\nConnection: close\r\n\r\nabc"));
        Assert.That(Encoding.UTF8.GetString(response!.Body.Span), Is.EqualTo("{}"));
    }

    [TestCase("SSH-2.0-OpenSSH\r\n\r\n")]
    [TestCase("HTTP/1.1 2000 OK\r\n\r\n")]
    [TestCase("HTTP/1.1 +20 OK\r\n\r\n")]
    [TestCase("HTTP/2 200 OK\r\n\r\n")]
    [TestCase("HTTP/1.1 200 OK\r\nContent-Length: 4194305\r\n\r\n")]
    [TestCase("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n")]
    public void What_is_no_answer_is_told_from_one(string answer) =>
        Assert.ThrowsAsync<ControlException>(() => AnsweredAsync(answer, TestContext.CurrentContext.CancellationToken));

    [TestCase("HTTP/1.1 200 OK\r\nContent-Le")]
    [TestCase("HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\n{}")]
    public void An_answer_that_was_cut_is_told_from_a_whole_one(string answer) =>
        Assert.ThrowsAsync<EndOfStreamException>(() => AnsweredAsync(answer, TestContext.CurrentContext.CancellationToken));

    [Test]
    public async Task Who_says_nothing_has_not_answered(CancellationToken cancellationToken) =>
        Assert.That((await AnsweredAsync("", cancellationToken)).Response, Is.Null);

    private static async Task<(string Sent, ControlResponse? Response)> AnsweredAsync(string answer, CancellationToken cancellationToken)
    {
        using var directory = new TempDirectory("s3mount-exchange");
        var endpoint = new UnixDomainSocketEndPoint(directory["socket"]);
        using var listener = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        listener.Bind(endpoint);
        listener.Listen(1);
        using var client = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        await client.ConnectAsync(endpoint, cancellationToken);
        Task<ControlResponse?> asked = ControlExchange.AskAsync(client, new ControlRequest("POST", "/v1/warm", "abc"u8.ToArray()), cancellationToken).AsTask();
        using Socket server = await listener.AcceptAsync(cancellationToken);
        byte[] request = new byte[1024];
        int length = 0;
        while (!Encoding.ASCII.GetString(request, 0, length).EndsWith("\r\n\r\nabc", StringComparison.Ordinal))
            length += await server.ReceiveAsync(request.AsMemory(length), cancellationToken);
        await server.SendAsync(Encoding.ASCII.GetBytes(answer), cancellationToken);
        server.Shutdown(SocketShutdown.Send);
        return (Encoding.ASCII.GetString(request, 0, length), await asked);
    }
}
