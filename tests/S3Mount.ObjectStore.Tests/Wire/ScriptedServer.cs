using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace S3Mount.ObjectStore.Tests.Wire;

/// <summary>
/// An HTTP server that keeps the exact head of every request and answers with the exact bytes that a test gives, over as many
/// connections as come. Bodies of requests are passed over; a client must wait for its answer before it asks again.
/// </summary>
internal sealed class ScriptedServer : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stopped = new();
    private readonly ConcurrentQueue<string> _heads = new();
    private readonly ConcurrentBag<Task> _connections = [];
    private readonly Func<string, int, ScriptedAnswer> _script;
    private readonly Task _accepting;
    private int _requests;

    /// <param name="script">The answer to a head, and its number from 0 on.</param>
    public ScriptedServer(Func<string, int, ScriptedAnswer> script)
    {
        _script = script;
        _listener.Start();
        _accepting = AcceptAsync();
    }

    /// <summary>The answers in order; the last one again for whatever comes after.</summary>
    public ScriptedServer(params ScriptedAnswer[] answers)
        : this((_, index) => answers[Math.Min(index, answers.Length - 1)])
    {
    }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    public string Url => string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{Port}");

    /// <summary>Head by head as it came, up to and without the empty line.</summary>
    public IReadOnlyList<string> Heads => [.. _heads];

    public async ValueTask DisposeAsync()
    {
        await _stopped.CancelAsync();
        _listener.Stop();
        await _accepting;
        await Task.WhenAll(_connections);
        _stopped.Dispose();
        _listener.Dispose();
    }

    private async Task AcceptAsync()
    {
        try
        {
            for (; ; )
                _connections.Add(ServeAsync(await _listener.AcceptSocketAsync(_stopped.Token)));
        }
        catch (Exception exception) when (exception is OperationCanceledException or SocketException or ObjectDisposedException)
        {
        }
    }

    private async Task ServeAsync(Socket socket)
    {
        try
        {
            using (socket)
            {
                while (await ReadHeadAsync(socket) is { } head)
                {
                    int index = Interlocked.Increment(ref _requests) - 1;
                    _heads.Enqueue(head);
                    ScriptedAnswer answer = _script(head, index);
                    await socket.SendAsync(answer.Bytes, _stopped.Token);
                    if (answer.Gate is not null)
                        await answer.Gate.WaitAsync(_stopped.Token);
                    await socket.SendAsync(answer.Rest, _stopped.Token);
                    if (answer.ResetAfter)
                        socket.LingerState = new LingerOption(true, 0);
                    if (answer.CloseAfter || answer.ResetAfter)
                        return;
                }
            }
        }
        catch (Exception exception) when (exception is OperationCanceledException or SocketException)
        {
        }
    }

    // A client that waits for its answer sends nothing after its request: what follows the head is its body.
    private async Task<string?> ReadHeadAsync(Socket socket)
    {
        var received = new StringBuilder();
        byte[] buffer = new byte[8192];
        while (true)
        {
            int read = await socket.ReceiveAsync(buffer, _stopped.Token);
            if (read == 0)
                return null;
            received.Append(Encoding.Latin1.GetString(buffer, 0, read));
            string text = received.ToString();
            int end = text.IndexOf("\r\n\r\n", StringComparison.Ordinal);
            if (end >= 0 && text.Length >= end + 4 + BodyLength(text[..end]))
                return text[..end];
        }
    }

    private static int BodyLength(string head)
    {
        const string Name = "\r\nContent-Length: ";
        int at = head.IndexOf(Name, StringComparison.OrdinalIgnoreCase);
        return at < 0 ? 0 : int.Parse(head[(at + Name.Length)..].Split("\r\n")[0], CultureInfo.InvariantCulture);
    }
}
