using System.Buffers;
using System.Net.Sockets;
using System.Text;
using S3Mount.Testing.S3Server.Tls;

namespace S3Mount.Testing.S3Server.Http;

/// <summary>
/// One client's connection: requests are read, handled and answered one after another on it (RFC 9112). Used by one task at a
/// time; only <see cref="Reset"/> and <see cref="Dispose"/> may come from another thread.
/// </summary>
internal sealed partial class HttpConnection : IDisposable
{
    // A key of 1,024 bytes is 3 KiB when escaped; with session token and metadata 64 KiB are plenty.
    private const int MaxHead = 64 << 10;

    private readonly Socket _socket;
    private readonly TimeProvider _timeProvider;
    private readonly HttpTraffic _traffic;
    private readonly Func<ServerRequest, CancellationToken, ValueTask<ServerResponse>> _handler;
    private readonly byte[] _buffer = new byte[MaxHead];
    private readonly ArrayBufferWriter<byte> _head = new(1024);
    private readonly Pacer _pacer;
    // The socket's, or TLS over that.
    private Stream _stream;
    private int _start;
    private int _end;
    // A read into the buffer that was begun to learn whether the client goes away, and has not come back yet.
    private Task<int>? _pendingRead;

    public HttpConnection(Socket socket, TimeProvider timeProvider, HttpTraffic traffic, Func<ServerRequest, CancellationToken, ValueTask<ServerResponse>> handler)
    {
        socket.NoDelay = true;
        _socket = socket;
        _stream = new NetworkStream(socket, ownsSocket: true);
        _timeProvider = timeProvider;
        _traffic = traffic;
        _handler = handler;
        _pacer = new Pacer(timeProvider);
    }

    /// <summary>Serves the connection until either side ends it.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        try
        {
            while (await ReadRequestAsync(cancellationToken) is { } request)
            {
                if (!await AnswerAsync(request, cancellationToken))
                    return;
            }
        }
        catch (HttpException exception)
        {
            await RefuseAsync(exception, cancellationToken);
        }
    }

    /// <summary>Speaks TLS from here on; false when the connection has ended with it.</summary>
    public async ValueTask<bool> SecureAsync(ServerTls tls, TlsMode mode, CancellationToken cancellationToken)
    {
        switch (mode)
        {
            case TlsMode.Stalled:
                await SwallowAsync(cancellationToken);
                return false;
            case TlsMode.Reset:
                await _stream.ReadAtLeastAsync(_buffer, 1, throwOnEndOfStream: false, cancellationToken);
                Reset();
                return false;
            default:
                _stream = await tls.SecureAsync(_stream, mode, cancellationToken);
                return true;
        }
    }

    /// <summary>Takes what comes and answers nothing, until the client goes.</summary>
    public async Task SwallowAsync(CancellationToken cancellationToken)
    {
        while (await _stream.ReadAsync(_buffer, cancellationToken) > 0)
        {
            // Only that it goes says something.
        }
    }

    // False when the connection has ended with the answer.
    private async ValueTask<bool> AnswerAsync(ServerRequest request, CancellationToken cancellationToken)
    {
        _traffic.AnswerBegins();
        ServerResponse? response = null;
        try
        {
            response = await _handler(request, cancellationToken);
            bool keepsAlive = request.KeepsAlive && !response.EndsWithConnection && (request.Body.IsConsumed || await request.Body.DrainAsync(cancellationToken));
            return await SendAsync(request, response, keepsAlive, cancellationToken) && keepsAlive;
        }
        finally
        {
            response?.Release();
            request.Answered();
            _traffic.AnswerEnds();
        }
    }

    /// <summary>Ends the connection with a reset: the client's next read fails.</summary>
    public void Reset()
    {
        try
        {
            _socket.LingerState = new LingerOption(true, 0);
        }
        catch (ObjectDisposedException)
        {
            // It has just ended by itself.
        }
        _socket.Close();
    }

    public void Dispose() => _stream.Dispose();

    /// <summary>Waits for something that a test will do, but no longer than the client does.</summary>
    public async ValueTask WaitAsync(Func<CancellationToken, Task> wait, CancellationToken cancellationToken)
    {
        using var gone = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        Task waiting = wait(gone.Token);
        if (!waiting.IsCompleted && _start == _end)
        {
            (_start, _end) = (0, 0);
            _pendingRead ??= _stream.ReadAsync(_buffer, CancellationToken.None).AsTask();
            if (await Task.WhenAny(waiting, _pendingRead) == _pendingRead && !(_pendingRead.IsCompletedSuccessfully && await _pendingRead > 0))
                await gone.CancelAsync();
        }
        await waiting;
    }

    /// <summary>Waits on the server's clock, but no longer than the client does.</summary>
    public ValueTask DelayAsync(TimeSpan duration, CancellationToken cancellationToken) =>
        WaitAsync(token => Task.Delay(duration, _timeProvider, token), cancellationToken);

    public async ValueTask SendContinueAsync(CancellationToken cancellationToken) =>
        await _stream.WriteAsync("HTTP/1.1 100 Continue\r\n\r\n"u8.ToArray(), cancellationToken);

    public async ValueTask ReadExactlyAsync(Memory<byte> destination, CancellationToken cancellationToken)
    {
        if (_pendingRead is not null && !await FillAsync(cancellationToken))
            throw new EndOfStreamException();
        int buffered = Math.Min(destination.Length, _end - _start);
        _buffer.AsMemory(_start, buffered).CopyTo(destination);
        _start += buffered;
        await _stream.ReadExactlyAsync(destination[buffered..], cancellationToken);
    }

    public async ValueTask<string> ReadLineAsync(CancellationToken cancellationToken)
    {
        int length;
        while ((length = _buffer.AsSpan(_start, _end - _start).IndexOf("\r\n"u8)) < 0)
        {
            if (!await FillAsync(cancellationToken))
                throw new EndOfStreamException();
        }
        string line = Encoding.Latin1.GetString(_buffer, _start, length);
        _start += length + 2;
        return line;
    }

    private async ValueTask<ServerRequest?> ReadRequestAsync(CancellationToken cancellationToken)
    {
        int length;
        while ((length = _buffer.AsSpan(_start, _end - _start).IndexOf("\r\n\r\n"u8)) < 0)
        {
            if (!await FillAsync(cancellationToken))
                return null;
        }
        (string method, string target, string version, HeaderList headers) = RequestHead.Parse(_buffer.AsSpan(_start, length + 4));
        _start += length + 4;
        return new ServerRequest
        {
            Connection = this,
            Method = method,
            Target = target,
            Headers = headers,
            Received = _timeProvider.GetTimestamp(),
            KeepsAlive = version == "HTTP/1.1" && !string.Equals(headers["Connection"], "close", StringComparison.OrdinalIgnoreCase),
            Body = new RequestBody(this, headers),
        };
    }

    // Reads more behind what is buffered; false when the client has ended the connection.
    private async ValueTask<bool> FillAsync(CancellationToken cancellationToken)
    {
        int count;
        if (_pendingRead is { } pending)
        {
            _pendingRead = null;
            count = await pending.WaitAsync(cancellationToken);
        }
        else
        {
            if (_start > 0)
            {
                _buffer.AsSpan(_start, _end - _start).CopyTo(_buffer);
                (_start, _end) = (0, _end - _start);
            }
            if (_end == _buffer.Length)
                throw new HttpException(431, "The head is too long.");
            count = await _stream.ReadAsync(_buffer.AsMemory(_end), cancellationToken);
        }
        _end += count;
        return count > 0;
    }
}
