using System.Globalization;
using System.Net.Sockets;
using Microsoft.Extensions.Logging;
using S3Mount.Control.Http;

namespace S3Mount.Control;

/// <summary>
/// Answers HTTP/1.1 on a mount's control socket, one request a connection, to the mount's own user and to root. No thread of its
/// own: everything runs on the pool, next to nothing while nobody asks.
/// </summary>
/// <remarks>
/// Not Kestrel: with ASP.NET's framework the program grows by 26 MB of 82, and its start by 5 ms of 33, mounts without a client
/// included; Kestrel itself takes 100 ms and 17 MiB to start, 40 ms and 10 MiB without a host (measured, 2 cores).
/// </remarks>
internal sealed class ControlServer : IAsyncDisposable
{
    /// <summary>People and their scripts, not traffic; a refresh of a large tree takes one of them for minutes.</summary>
    private const int MaxConnections = 16;

    /// <summary>A client on the same machine sends its request in one piece.</summary>
    private static readonly TimeSpan _readDeadline = TimeSpan.FromSeconds(5);

    private static readonly TimeSpan _writeDeadline = TimeSpan.FromSeconds(5);

    /// <summary>What is being answered when the mount ends has been told to stop.</summary>
    private static readonly TimeSpan _stopDeadline = TimeSpan.FromSeconds(1);

    private readonly ControlSocket _socket;
    private readonly IReadOnlyList<IControlEndpoint> _endpoints;
    private readonly uint _uid;
    private readonly TimeProvider _timeProvider;
    private readonly ILogger _logger;
    private readonly CancellationTokenSource _stopping = new();
    private readonly SemaphoreSlim _free = new(MaxConnections);
    private readonly Task _accepting;

    /// <param name="socket">Owned by the server from here on.</param>
    /// <param name="uid">Who besides root is answered.</param>
    public ControlServer(ControlSocket socket, IReadOnlyList<IControlEndpoint> endpoints, uint uid, TimeProvider timeProvider, ILogger logger)
    {
        _socket = socket;
        _endpoints = endpoints;
        _uid = uid;
        _timeProvider = timeProvider;
        _logger = logger;
        _accepting = Task.Run(AcceptAsync);
    }

    public string Path => _socket.Path;

    /// <summary>Ends what is being answered; the socket's name is gone afterwards.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_stopping.IsCancellationRequested)
            return;
        await _stopping.CancelAsync().ConfigureAwait(false);
        _socket.Dispose();
        await _accepting.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        // Those in use are given back as their connections end. The semaphore and the source stay usable for one that is late.
        using var deadline = new CancellationTokenSource(_stopDeadline, _timeProvider);
        try
        {
            for (int i = 0; i < MaxConnections; i++)
                await _free.WaitAsync(deadline.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            _logger.ControlRequestsLeft(_socket.Path);
        }
    }

    private async Task AcceptAsync()
    {
        while (!_stopping.IsCancellationRequested)
        {
            await _free.WaitAsync(_stopping.Token).ConfigureAwait(false);
            try
            {
                Socket connection = await _socket.Listener.AcceptAsync(_stopping.Token).ConfigureAwait(false);
                _ = ServeAsync(connection);
            }
            catch (Exception failure)
            {
                _free.Release();
                if (_stopping.IsCancellationRequested)
                    return;
                // Such as EMFILE: with a pause, or it would be said a thousand times a second.
                _logger.ControlAcceptFailed(failure);
                await Task.Delay(_readDeadline, _timeProvider, _stopping.Token).ConfigureAwait(false);
            }
        }
    }

    private async Task ServeAsync(Socket connection)
    {
        try
        {
            using (connection)
            {
                if (await RespondAsync(connection).ConfigureAwait(false) is not { } response)
                    return;
                using var deadline = new CancellationTokenSource(_writeDeadline, _timeProvider);
                await ControlResponseWriter.WriteAsync(connection, response, deadline.Token).ConfigureAwait(false);
                TakeUnread(connection);
            }
        }
        catch (Exception e) when (e is SocketException or OperationCanceledException)
        {
            // The client is gone, or does not read what it asked for.
        }
        catch (Exception failure)
        {
            _logger.ControlFailed(failure);
        }
        finally
        {
            _free.Release();
        }
    }

    /// <summary>
    /// Takes what has come and was not read: a socket that is closed over it resets the other side, which may not have read its
    /// answer yet (unix_release_sock, net/unix/af_unix.c, v6.18).
    /// </summary>
    private static void TakeUnread(Socket connection)
    {
        Span<byte> unread = stackalloc byte[1024];
        for (int total = 0; total < ControlRequestReader.MaxBody && connection.Available > 0;)
            total += connection.Receive(unread);
    }

    private async Task<ControlResponse?> RespondAsync(Socket connection)
    {
        uint peer = PeerCredentials.Of(connection).Uid;
        // The directory's mode keeps others out; this holds where somebody has changed that.
        if (peer != 0 && peer != _uid)
            return ControlResponse.Problem(403, string.Create(CultureInfo.InvariantCulture, $"this mount belongs to user {_uid}: only that user and root may ask it"));
        using var reading = new CancellationTokenSource(_readDeadline, _timeProvider);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(reading.Token, _stopping.Token);
        try
        {
            return await ControlRequestReader.ReadAsync(connection, either.Token).ConfigureAwait(false) is { } request
                ? await AnswerAsync(connection, request).ConfigureAwait(false)
                : null;
        }
        catch (ControlException e)
        {
            return ControlResponse.Problem(e.Status, e.Message);
        }
        catch (OperationCanceledException) when (reading.IsCancellationRequested)
        {
            return ControlResponse.Problem(408, $"the request did not come within {_readDeadline.TotalSeconds:0} s");
        }
    }

    private async Task<ControlResponse> AnswerAsync(Socket connection, ControlRequest request)
    {
        IControlEndpoint endpoint = Find(request);
        using var deadline = new CancellationTokenSource(endpoint.Deadline, _timeProvider);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, _stopping.Token);
        Task gone = CancelWhenGoneAsync(connection, either);
        try
        {
            return await endpoint.AnswerAsync(request.Body, either.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (either.IsCancellationRequested)
        {
            return _stopping.IsCancellationRequested
                ? ControlResponse.Problem(503, "the mount is being taken down")
                : ControlResponse.Problem(504, $"it was not done within {endpoint.Deadline.TotalSeconds:0} s");
        }
        catch (Exception failure) when (failure is not ControlException)
        {
            _logger.ControlFailed(failure);
            return ControlResponse.Problem(500, $"it failed: {failure.Message}; the log of the mount says more");
        }
        finally
        {
            await either.CancelAsync().ConfigureAwait(false);
            await gone.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <summary>Nothing is due from a client that waits for its answer: what comes is its end.</summary>
    private static async Task CancelWhenGoneAsync(Socket connection, CancellationTokenSource request)
    {
        byte[] nothing = new byte[1];
        if (await connection.ReceiveAsync(nothing.AsMemory(), request.Token).ConfigureAwait(false) == 0)
            await request.CancelAsync().ConfigureAwait(false);
    }

    private IControlEndpoint Find(ControlRequest request)
    {
        if (_endpoints.FirstOrDefault(endpoint => endpoint.Path == request.Path && endpoint.Method == request.Method) is { } found)
            return found;
        int status = _endpoints.Any(endpoint => endpoint.Path == request.Path) ? 405 : 404;
        string known = string.Join(", ", _endpoints.Select(endpoint => $"{endpoint.Method} {endpoint.Path}"));
        throw new ControlException(status, $"s3mount {ProgramVersion.Text} has no {request.Method} {request.Path}; it has {known}");
    }
}
