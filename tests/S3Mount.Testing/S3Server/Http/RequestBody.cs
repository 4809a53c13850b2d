using System.Globalization;

namespace S3Mount.Testing.S3Server.Http;

/// <summary>The body of a request, read when it is asked for: then a client that waits for "100 Continue" is told to go on.</summary>
internal sealed class RequestBody
{
    // What a client that was refused may still send before its connection is closed; enough for the parts that clients upload.
    private const long MaxDrained = 64 << 20;

    private readonly HttpConnection _connection;
    private readonly bool _isChunked;
    private bool _expectsContinue;

    public RequestBody(HttpConnection connection, HeaderList headers)
    {
        _connection = connection;
        _isChunked = headers["Transfer-Encoding"]?.Contains("chunked", StringComparison.OrdinalIgnoreCase) ?? false;
        _expectsContinue = string.Equals(headers["Expect"], "100-continue", StringComparison.OrdinalIgnoreCase);
        if (_isChunked)
            Length = null;
        else if (headers["Content-Length"] is not { } text)
            Length = 0;
        else if (long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out long length))
            Length = length;
        else
            throw new HttpException(400, "Content-Length is not a number.");
        IsConsumed = Length == 0;
    }

    /// <summary>Bytes; null when only the last chunk will tell.</summary>
    public long? Length { get; }

    public bool IsConsumed { get; private set; }

    /// <summary>The whole body; it may be read once.</summary>
    public async ValueTask<byte[]> ReadAsync(CancellationToken cancellationToken)
    {
        if (IsConsumed)
            return [];
        if (Length > Array.MaxLength)
            throw new HttpException(413, "The body does not fit into memory.");
        if (_expectsContinue)
            await _connection.SendContinueAsync(cancellationToken);
        _expectsContinue = false;
        byte[] body;
        if (_isChunked)
        {
            body = await ReadChunksAsync(cancellationToken);
        }
        else
        {
            body = GC.AllocateUninitializedArray<byte>((int)Length!.Value);
            await _connection.ReadExactlyAsync(body, cancellationToken);
        }
        IsConsumed = true;
        return body;
    }

    /// <summary>Reads away what nobody wanted; false when the connection must be closed instead.</summary>
    public async ValueTask<bool> DrainAsync(CancellationToken cancellationToken)
    {
        if (IsConsumed)
            return true;
        // A client that still waits for leave to send may send or not: nobody can tell where the next request begins.
        if (_expectsContinue || _isChunked || Length > MaxDrained)
            return false;
        await ReadAsync(cancellationToken);
        return true;
    }

    // RFC 9112, 7.1.
    private async ValueTask<byte[]> ReadChunksAsync(CancellationToken cancellationToken)
    {
        using var body = new MemoryStream();
        while (true)
        {
            string line = await _connection.ReadLineAsync(cancellationToken);
            int end = line.IndexOf(';', StringComparison.Ordinal);
            if (!int.TryParse(end < 0 ? line : line[..end], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out int size) || size < 0)
                throw new HttpException(400, "A chunk size is malformed.");
            if (size == 0)
                break;
            byte[] chunk = new byte[size];
            await _connection.ReadExactlyAsync(chunk, cancellationToken);
            body.Write(chunk);
            if (await _connection.ReadLineAsync(cancellationToken) is not "")
                throw new HttpException(400, "A chunk is longer than it said.");
        }
        while (await _connection.ReadLineAsync(cancellationToken) is not "")
        {
            // Trailers: nothing here needs them.
        }
        return body.ToArray();
    }
}
