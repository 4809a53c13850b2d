using System.Globalization;
using System.Net.Sockets;
using System.Text;

namespace S3Mount.Control.Http;

/// <summary>
/// Reads one HTTP/1.1 request (RFC 9112) from a connection: request line, headers, a body of the length that Content-Length says.
/// Everything is bounded; the caller brings the deadline.
/// </summary>
internal static class ControlRequestReader
{
    /// <summary>A request line with a path and the headers of curl or <see cref="HttpClient"/> take some hundred bytes.</summary>
    public const int MaxHead = 8 << 10;

    /// <summary>The longest path that Linux has (PATH_MAX, 4 KiB), each of its bytes escaped as \u00XX, and as much again.</summary>
    public const int MaxBody = 48 << 10;

    private static ReadOnlySpan<byte> EndOfHead => "\r\n\r\n"u8;

    /// <returns>Null when the client left without a word.</returns>
    /// <exception cref="ControlException">What was sent is no request that can be answered.</exception>
    /// <exception cref="SocketException">The client is gone.</exception>
    public static async ValueTask<ControlRequest?> ReadAsync(Socket socket, CancellationToken cancellationToken)
    {
        byte[] buffer = new byte[MaxHead];
        int filled = 0;
        int headLength;
        while ((headLength = buffer.AsSpan(0, filled).IndexOf(EndOfHead)) < 0)
        {
            if (filled == buffer.Length)
                throw new ControlException(431, $"the head of the request is longer than {MaxHead} bytes");
            int read = await socket.ReceiveAsync(buffer.AsMemory(filled), cancellationToken).ConfigureAwait(false);
            if (read == 0)
                return filled == 0 ? null : throw new ControlException(400, "the request ends in the middle");
            filled += read;
        }
        string[] lines = Encoding.ASCII.GetString(buffer, 0, headLength).Split("\r\n");
        (string method, string path) = ParseRequestLine(lines[0]);
        byte[] body = new byte[BodyLength(lines.AsSpan(1))];
        int rest = Math.Min(filled - headLength - EndOfHead.Length, body.Length);
        buffer.AsSpan(headLength + EndOfHead.Length, rest).CopyTo(body);
        while (rest < body.Length)
        {
            int read = await socket.ReceiveAsync(body.AsMemory(rest), cancellationToken).ConfigureAwait(false);
            rest += read > 0 ? read : throw new ControlException(400, "the request ends in the middle");
        }
        return new ControlRequest(method, path, body);
    }

    private static (string Method, string Path) ParseRequestLine(string line) => line.Split(' ') switch
    {
        [{ Length: > 0 } method, ['/', ..] path, "HTTP/1.1" or "HTTP/1.0"] => (method, path),
        _ => throw new ControlException(400, "this is not a request of HTTP/1.1"),
    };

    private static int BodyLength(ReadOnlySpan<string> headers)
    {
        int? length = null;
        foreach (string header in headers)
        {
            int colon = header.IndexOf(':', StringComparison.Ordinal);
            if (colon <= 0)
                throw new ControlException(400, "a header of the request has no colon");
            ReadOnlySpan<char> name = header.AsSpan(0, colon);
            if (name.Equals("Transfer-Encoding", StringComparison.OrdinalIgnoreCase))
                throw new ControlException(411, "send the body with Content-Length, not in pieces");
            if (!name.Equals("Content-Length", StringComparison.OrdinalIgnoreCase))
                continue;
            if (length is not null || !int.TryParse(header.AsSpan(colon + 1).Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out int value))
                throw new ControlException(400, "Content-Length is not one number");
            length = value <= MaxBody ? value : throw new ControlException(413, $"the body of the request is longer than {MaxBody} bytes");
        }
        return length ?? 0;
    }
}
