using System.Net.Sockets;
using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using S3Mount.Control;
using S3Mount.Interop;
using S3Mount.Logging;
using S3Mount.Testing;

namespace S3Mount.Tests.Control;

/// <summary>A control server in a directory of its own, and clients that speak to it in bytes.</summary>
internal sealed class ControlRig : IAsyncDisposable
{
    public const string Device = "0:77";

    private readonly TempDirectory _directory = new("s3mount-control");

    public ControlRig(params IControlEndpoint[] endpoints)
    {
        Failures = new LastFailure(NullLogger.Instance, Time);
        Server = ControlStart.TryStart([Places], LibC.GetEffectiveUid(), Device, endpoints, Time, Failures)!;
        Assert.That(Server, Is.Not.Null, Failures.Find()?.Message);
    }

    public FakeTimeProvider Time { get; } = new();

    public LastFailure Failures { get; }

    public ControlServer Server { get; }

    public string Places => _directory["run"];

    /// <summary>Connects and sends; the rest is the test's.</summary>
    public async Task<Socket> SendAsync(string text, CancellationToken cancellationToken)
    {
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        await socket.ConnectAsync(new UnixDomainSocketEndPoint(Server.Path), cancellationToken);
        if (text.Length > 0)
            await socket.SendAsync(Encoding.UTF8.GetBytes(text), cancellationToken);
        return socket;
    }

    /// <summary>All that the server says until it closes.</summary>
    public static async Task<string> ReadAsync(Socket socket, CancellationToken cancellationToken)
    {
        var answer = new StringBuilder();
        byte[] buffer = new byte[4096];
        for (int read; (read = await socket.ReceiveAsync(buffer.AsMemory(), cancellationToken)) > 0;)
            answer.Append(Encoding.UTF8.GetString(buffer, 0, read));
        return answer.ToString();
    }

    /// <summary>Sends, ends its side if told so, and reads the answer.</summary>
    public async Task<string> AskAsync(string text, CancellationToken cancellationToken, bool end = false)
    {
        using Socket socket = await SendAsync(text, cancellationToken);
        if (end)
            socket.Shutdown(SocketShutdown.Send);
        return await ReadAsync(socket, cancellationToken);
    }

    public async ValueTask DisposeAsync()
    {
        await Server.DisposeAsync();
        _directory.Dispose();
    }
}
