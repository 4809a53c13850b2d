using System.Net;
using System.Net.Sockets;

namespace S3Mount.Testing.S3Server.Http;

/// <summary>
/// A small HTTP/1.1 server on a loopback port. It hands out targets byte for byte as they came (Kestrel refuses <c>%00</c>
/// before anybody sees it), sends bodies from where they lie, and lets an answer go wrong in any way.
/// </summary>
internal sealed class HttpServer : IAsyncDisposable
{
    private readonly Socket _listener;
    private readonly TimeProvider _timeProvider;
    private readonly Func<ServerRequest, CancellationToken, ValueTask<ServerResponse>> _handler;
    private readonly CancellationTokenSource _stopping = new();
    private readonly Lock _gate = new();
    // Guarded by _gate.
    private readonly Dictionary<HttpConnection, Task> _connections = [];
    private readonly Task _accepting;

    public HttpServer(int port, TimeProvider timeProvider, Func<ServerRequest, CancellationToken, ValueTask<ServerResponse>> handler)
    {
        _timeProvider = timeProvider;
        _handler = handler;
        _listener = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        _listener.Bind(new IPEndPoint(IPAddress.Loopback, port));
        _listener.Listen(512);
        Port = ((IPEndPoint)_listener.LocalEndPoint!).Port;
        _accepting = AcceptAsync();
    }

    public int Port { get; }

    public HttpTraffic Traffic { get; } = new();

    /// <summary>Ends all connections that are open now, with a reset.</summary>
    public void ResetConnections()
    {
        lock (_gate)
        {
            foreach (HttpConnection connection in _connections.Keys)
                connection.Reset();
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        _listener.Dispose();
        await _accepting;
        Task[] running;
        lock (_gate)
        {
            running = [.. _connections.Values];
            foreach (HttpConnection connection in _connections.Keys)
                connection.Dispose();
        }
        await Task.WhenAll(running);
        _stopping.Dispose();
    }

    private async Task AcceptAsync()
    {
        while (true)
        {
            Socket socket;
            try
            {
                socket = await _listener.AcceptAsync(_stopping.Token);
            }
            catch (OperationCanceledException)
            {
                return;
            }
            catch (SocketException) when (!_stopping.IsCancellationRequested)
            {
                // The client had gone before it was accepted.
                continue;
            }
            catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
            {
                return;
            }
            var connection = new HttpConnection(socket, _timeProvider, Traffic, _handler);
            Traffic.Opened();
            lock (_gate)
                _connections.Add(connection, ServeAsync(connection));
        }
    }

    private async Task ServeAsync(HttpConnection connection)
    {
        // Never on the thread that accepts, which holds the lock.
        await Task.Yield();
        try
        {
            await connection.RunAsync(_stopping.Token);
        }
        catch (Exception exception) when (exception is IOException or SocketException or ObjectDisposedException or OperationCanceledException)
        {
            // The client has gone, or the server goes: either way there is nobody to tell.
        }
        finally
        {
            connection.Dispose();
            Traffic.Closed();
            lock (_gate)
                _connections.Remove(connection);
        }
    }
}
