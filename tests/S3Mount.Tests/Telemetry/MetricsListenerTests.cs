using System.Net;
using System.Net.Sockets;
using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using S3Mount.Control.Http;
using S3Mount.Hosting;
using S3Mount.Telemetry;
using S3Mount.Testing;

namespace S3Mount.Tests.Telemetry;

/// <summary>What the metrics port answers, before there is a mount, to whoever comes.</summary>
[TestFixture]
[CancelAfter(30_000)]
public sealed class MetricsListenerTests
{
    private ServedState _state = null!;

    [SetUp]
    public void Begin() => _state = new ServedState("/mnt/x");

    [TestCase("GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n", 200, "ok\n")]
    [TestCase("GET /readyz HTTP/1.1\r\n\r\n", 503, "/mnt/x is not mounted yet: the store is being looked at\n")]
    [TestCase("GET /metrics HTTP/1.0\r\n\r\n", 503, "/mnt/x is not mounted yet: the store is being looked at\n")]
    [TestCase("POST /metrics HTTP/1.1\r\nContent-Length: 0\r\n\r\n", 405, "it has GET /metrics, GET /healthz, GET /readyz")]
    [TestCase("GET /v1/status HTTP/1.1\r\n\r\n", 404, "it has GET /metrics, GET /healthz, GET /readyz")]
    [TestCase("\u0016\u0003\u0001\r\n\r\n", 400, "this is not a request of HTTP/1.1")]
    public async Task Each_request_gets_its_answer(string request, int status, string answer, CancellationToken cancellationToken)
    {
        (HttpServer server, IPEndPoint address) = Open();
        await using (server)
        {
            string text = await AskAsync(address, request, cancellationToken);
            Assert.That(text, Does.StartWith($"HTTP/1.1 {status} ").And.Contain(answer));
            Assert.That(text, Does.Contain(status is 200 or 503 ? "Content-Type: text/plain; charset=utf-8\r\n" : "Content-Type: application/json\r\n"));
        }
    }

    [Test]
    public async Task A_head_without_end_is_refused_and_the_next_client_is_served(CancellationToken cancellationToken)
    {
        (HttpServer server, IPEndPoint address) = Open();
        await using (server)
        {
            Assert.That(await AskAsync(address, "GET /healthz HTTP/1.1\r\nX: " + new string('x', 9000), cancellationToken), Does.StartWith("HTTP/1.1 431 "));
            Assert.That(await AskAsync(address, "GET /healthz HTTP/1.1\r\n\r\n", cancellationToken), Does.StartWith("HTTP/1.1 200 "));
        }
    }

    [Test]
    public async Task A_mount_that_ends_is_not_ready(CancellationToken cancellationToken)
    {
        (HttpServer server, IPEndPoint address) = Open();
        await using (server)
        {
            _state.Ending();
            Assert.That(await AskAsync(address, "GET /readyz HTTP/1.1\r\n\r\n", cancellationToken), Does.StartWith("HTTP/1.1 503 ").And.EndWith("/mnt/x is being taken down\n"));
        }
    }

    [Test]
    public async Task A_port_that_is_taken_is_an_error_and_one_that_was_just_used_is_not(CancellationToken cancellationToken)
    {
        (HttpServer server, IPEndPoint address) = Open();
        await using (server)
        {
            Assert.That(
                () => MetricsListener.Open(address, _state, TimeProvider.System, NullLogger.Instance),
                Throws.TypeOf<StartupException>().With.Message.EqualTo($"--metrics-listen: {address} cannot be listened on: another program, or another mount, has that port: choose another one, or 0 for any that is free"));
            await AskAsync(address, "GET /healthz HTTP/1.1\r\n\r\n", cancellationToken);
        }
        // The server has closed that connection first: the kernel keeps the port busy for a minute.
        await using HttpServer next = MetricsListener.Open(address, _state, TimeProvider.System, NullLogger.Instance);
        Assert.That(await AskAsync(address, "GET /healthz HTTP/1.1\r\n\r\n", cancellationToken), Does.StartWith("HTTP/1.1 200 "));
    }

    [Test]
    public void An_address_that_this_machine_has_not_is_said() =>
        Assert.That(
            () => MetricsListener.Open(IPEndPoint.Parse("192.0.2.1:9400"), _state, TimeProvider.System, NullLogger.Instance),
            Throws.TypeOf<StartupException>().With.Message.EqualTo("--metrics-listen: 192.0.2.1:9400 cannot be listened on: this machine has no such address"));

    private (HttpServer Server, IPEndPoint Address) Open()
    {
        var logger = new AddressLogger();
        HttpServer server = MetricsListener.Open(new IPEndPoint(IPAddress.Loopback, 0), _state, new FakeTimeProvider(), logger);
        return (server, logger.Address!);
    }

    private static async Task<string> AskAsync(IPEndPoint address, string request, CancellationToken cancellationToken)
    {
        using var socket = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(address, cancellationToken);
        await socket.SendAsync(Encoding.Latin1.GetBytes(request), cancellationToken);
        return await Control.ControlRig.ReadAsync(socket, cancellationToken);
    }
}
