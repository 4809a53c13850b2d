using System.Net.Sockets;
using Microsoft.Extensions.Logging;

namespace S3Mount.Control.Http;

/// <summary>
/// Answers HTTP/1.1 on a socket, one request a connection. No thread of its own: everything runs on the pool, next to nothing while
/// nobody asks. Connections, the size of what they send and the time that they have are bounded.
/// </summary>
/// <remarks>
/// Not Kestrel: with ASP.NET's framework the program grows by 26 MB of 82, and its start by 5 ms of 33, mounts without a client
/// included; Kestrel itself takes 100 ms and 17 MiB to start, 40 ms and 10 MiB without a host (measured, 2 cores).
/// </remarks>
internal sealed class HttpServer : IAsyncDisposable
{
    /// <summary>People and their scripts, not traffic; a refresh of a large tree takes one of them for minutes.</summary>
    private const int MaxConnections = 16;

    /// <summary>A client on the same machine sends its request in one piece.</summary>
    private static readonly TimeSpan _readDeadline = TimeSpan.FromSeconds(5);

    private static readonly TimeSpan _writeDeadline = TimeSpan.FromSeconds(5);

    /// <summary>What is being answered when the mount ends has been told to stop.</summary>
    private static readonly TimeSpan _stopDeadline = TimeSpan.FromSeconds(1);

    private readonly string _name;
    private readonly Socket _listener;
    private readonly IDisposable _owner;
    private readonly IReadOnlyList<IControlEndpoint> _endpoints;
    private readonly Func<Socket, ControlResponse?> _refuse;
    private readonly TimeProvider _timeProvider;
    private readonly ILogger _logger;
    private readonly CancellationTokenSource _stopping = new();
    private readonly SemaphoreSlim _free = new(MaxConnections);
    private readonly Task _accepting;

    /// <param name="name">What is listened on, for the log.</param>
    /// <param name="listener">Listens already.</param>
    /// <param name="owner">Closes the listener, and whatever else goes with it; itself where there is nothing else. The server's from here on.</param>
    /// <param name="refuse">Looks at a connection before anything is read from it; null: it is served.</param>
    public HttpServer(string name, Socket listener, IDisposable owner, IReadOnlyList<IControlEndpoint> endpoints, Func<Socket, ControlResponse?> refuse, TimeProvider timeProvider, ILogger logger)
    {
        _name = name;
        _listener = listener;
        _owner = owner;
        _endpoints = endpoints;
        _refuse = refuse;
        _timeProvider = timeProvider;
        _logger = logger;
        _accepting = Task.Run(AcceptAsync);
    }

    /// <summary>Ends what is being answered.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_stopping.IsCancellationRequested)
            return;
        await _stopping.CancelAsync().ConfigureAwait(false);
        _owner.Dispose();
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
            _logger.ControlRequestsLeft(_name);
        }
    }

    private async Task AcceptAsync()
    {
        while (!_stopping.IsCancellationRequested)
        {
            await _free.WaitAsync(_stopping.Token).ConfigureAwait(false);
            try
            {
                Socket connection = await _listener.AcceptAsync(_stopping.Token).ConfigureAwait(false);
                // Elsewhere: what has come already is read and answered without a wait, and an answer that blocks holds up nobody else.
                _ = Task.Run(() => ServeAsync(connection), CancellationToken.None);
            }
            catch (Exception failure)
            {
                _free.Release();
                if (_stopping.IsCancellationRequested)
                    return;
                // Such as EMFILE: with a pause, or it would be said a thousand times a second.
                _logger.ControlAcceptFailed(failure, _name);
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
            _logger.ControlFailed(failure, _name);
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
        if (_refuse(connection) is { } refusal)
            return refusal;
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
            _logger.ControlFailed(failure, _name);
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
        // What is asked with it no endpoint takes; probes and scrapers add some of their own.
        string path = request.Path.Split('?')[0];
        if (_endpoints.FirstOrDefault(endpoint => endpoint.Path == path && endpoint.Method == request.Method) is { } found)
            return found;
        int status = _endpoints.Any(endpoint => endpoint.Path == path) ? 405 : 404;
        string known = string.Join(", ", _endpoints.Select(endpoint => $"{endpoint.Method} {endpoint.Path}"));
        throw new ControlException(status, $"s3mount {ProgramVersion.Text} has no {request.Method} {request.Path}; it has {known}");
    }
}
