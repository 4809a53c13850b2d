using System.Net;
using System.Net.Sockets;
using System.Security.Authentication;
using S3Mount.Testing.S3Server.Tls;

namespace S3Mount.Testing.S3Server.Http;

/// <summary>
/// A small HTTP/1.1 server on a loopback port. It hands out targets byte for byte as they came (Kestrel refuses <c>%00</c>
/// before anybody sees it), sends bodies from where they lie, and lets an answer go wrong in any way.
/// </summary>
internal sealed class HttpServer : IAsyncDisposable
{
    private readonly TimeProvider _timeProvider;
    private readonly ServerTls? _tls;
    private readonly Func<ServerRequest, CancellationToken, ValueTask<ServerResponse>> _handler;
    private readonly CancellationTokenSource _stopping = new();
    private readonly Lock _gate = new();
    // All guarded by _gate.
    private readonly Dictionary<HttpConnection, Task> _connections = [];
    private Socket _listener;
    private ConnectionMode _mode;
    private Task _accepting;

    public HttpServer(int port, TimeProvider timeProvider, ServerTls? tls, Func<ServerRequest, CancellationToken, ValueTask<ServerResponse>> handler)
    {
        _timeProvider = timeProvider;
        _tls = tls;
        _handler = handler;
        _listener = Bind(port);
        Port = ((IPEndPoint)_listener.LocalEndPoint!).Port;
        _accepting = ListenAsync(_listener);
    }

    public int Port { get; }

    public HttpTraffic Traffic { get; } = new();

    /// <summary>What happens to connections from now on.</summary>
    public ConnectionMode Mode
    {
        get
        {
            lock (_gate)
                return _mode;
        }
        set
        {
            lock (_gate)
            {
                if (value == ConnectionMode.Refuse && _mode != value)
                {
                    _listener.Dispose();
                    // Bound and not listening: connections are refused, and nobody else gets the port.
                    _listener = Bind(Port);
                }
                else if (_mode == ConnectionMode.Refuse && _mode != value)
                {
                    _accepting = Task.WhenAll(_accepting, ListenAsync(_listener));
                }
                _mode = value;
            }
        }
    }

    /// <summary>Ends all connections that are open now, with a reset.</summary>
    public void ResetConnections(HttpConnection? except = null)
    {
        lock (_gate)
        {
            foreach (HttpConnection connection in _connections.Keys.Where(connection => connection != except))
                connection.Reset();
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        Task accepting;
        lock (_gate)
        {
            _listener.Dispose();
            accepting = _accepting;
        }
        await accepting;
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

    private static Socket Bind(int port)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, port));
        return socket;
    }

    private Task ListenAsync(Socket listener)
    {
        listener.Listen(512);
        return AcceptAsync(listener);
    }

    private async Task AcceptAsync(Socket listener)
    {
        while (true)
        {
            Socket socket;
            try
            {
                socket = await listener.AcceptAsync(_stopping.Token);
            }
            catch (OperationCanceledException)
            {
                return;
            }
            catch (SocketException exception) when (exception.SocketErrorCode != SocketError.OperationAborted && !_stopping.IsCancellationRequested)
            {
                // The client had gone before it was accepted.
                continue;
            }
            catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
            {
                return;
            }
            var connection = new HttpConnection(socket, _timeProvider, Traffic, _handler);
            // Before it is counted: what is set after that is for others.
            TlsMode? tlsMode = _tls?.Mode;
            lock (_gate)
            {
                ConnectionMode mode = _mode;
                Traffic.Opened();
                _connections.Add(connection, ServeAsync(connection, mode, tlsMode));
            }
        }
    }

    private async Task ServeAsync(HttpConnection connection, ConnectionMode mode, TlsMode? tlsMode)
    {
        // Never on the thread that accepts, which holds the lock.
        await Task.Yield();
        try
        {
            if (mode == ConnectionMode.Serve && (_tls is null || await connection.SecureAsync(_tls, tlsMode!.Value, _stopping.Token)))
                await connection.RunAsync(_stopping.Token);
            else if (mode == ConnectionMode.Silence)
                await connection.SwallowAsync(_stopping.Token);
        }
        catch (Exception exception) when (exception is IOException or SocketException or ObjectDisposedException or OperationCanceledException or AuthenticationException)
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
