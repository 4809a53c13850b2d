using System.Globalization;
using System.Net.Sockets;
using System.Text;

namespace S3Mount.Control.Http;

/// <summary>A request or an answer of HTTP/1.1 (RFC 9112), as it came.</summary>
internal sealed record ControlMessage(string FirstLine, ReadOnlyMemory<byte> Body)
{
    /// <summary>A request line with a path and the headers of curl take some hundred bytes.</summary>
    public const int MaxHead = 8 << 10;

    public const string Json = "application/json";

    private static ReadOnlySpan<byte> EndOfHead => "\r\n\r\n"u8;

    /// <summary>Reads one: first line, headers, a body of the length that Content-Length says. The caller brings the deadline.</summary>
    /// <param name="name">What is read, for the sentences of the exceptions.</param>
    /// <param name="maxBody">In bytes.</param>
    /// <returns>Null when the other side left without a word.</returns>
    /// <exception cref="ControlException">What was sent is none that can be read.</exception>
    /// <exception cref="EndOfStreamException">The other side left in the middle of it.</exception>
    /// <exception cref="SocketException">The other side is gone.</exception>
    public static async ValueTask<ControlMessage?> ReadAsync(Socket socket, string name, int maxBody, CancellationToken cancellationToken)
    {
        byte[] buffer = new byte[MaxHead];
        int filled = 0;
        int headLength;
        while ((headLength = buffer.AsSpan(0, filled).IndexOf(EndOfHead)) < 0)
        {
            if (filled == buffer.Length)
                throw new ControlException(431, $"the head of the {name} is longer than {MaxHead} bytes");
            int read = await socket.ReceiveAsync(buffer.AsMemory(filled), cancellationToken).ConfigureAwait(false);
            if (read == 0)
                return filled == 0 ? null : throw new EndOfStreamException($"the {name} ends in the middle");
            filled += read;
        }
        string[] lines = Encoding.ASCII.GetString(buffer, 0, headLength).Split("\r\n");
        byte[] body = new byte[BodyLength(lines.AsSpan(1), name, maxBody)];
        int rest = Math.Min(filled - headLength - EndOfHead.Length, body.Length);
        buffer.AsSpan(headLength + EndOfHead.Length, rest).CopyTo(body);
        while (rest < body.Length)
        {
            int read = await socket.ReceiveAsync(body.AsMemory(rest), cancellationToken).ConfigureAwait(false);
            rest += read > 0 ? read : throw new EndOfStreamException($"the {name} ends in the middle");
        }
        return new ControlMessage(lines[0], body);
    }

    /// <summary>Sends one, and no other behind it on this connection.</summary>
    /// <param name="start">The first line, and headers of its own behind it.</param>
    /// <exception cref="SocketException">The other side is gone.</exception>
    public static async ValueTask WriteAsync(Socket socket, string start, string contentType, ReadOnlyMemory<byte> body, CancellationToken cancellationToken)
    {
        string head = string.Create(CultureInfo.InvariantCulture,
            $"{start}\r\nContent-Type: {contentType}\r\nContent-Length: {body.Length}\r\nConnection: close\r\n\r\n");
        byte[] message = [.. Encoding.ASCII.GetBytes(head), .. body.Span];
        for (int sent = 0; sent < message.Length;)
            sent += await socket.SendAsync(message.AsMemory(sent), cancellationToken).ConfigureAwait(false);
    }

    private static int BodyLength(ReadOnlySpan<string> headers, string name, int maxBody)
    {
        int? length = null;
        foreach (string header in headers)
        {
            int colon = header.IndexOf(':', StringComparison.Ordinal);
            if (colon <= 0)
                throw new ControlException(400, $"a header of the {name} has no colon");
            ReadOnlySpan<char> field = header.AsSpan(0, colon);
            if (field.Equals("Transfer-Encoding", StringComparison.OrdinalIgnoreCase))
                throw new ControlException(411, "send the body with Content-Length, not in pieces");
            if (!field.Equals("Content-Length", StringComparison.OrdinalIgnoreCase))
                continue;
            if (length is not null || !int.TryParse(header.AsSpan(colon + 1).Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out int value))
                throw new ControlException(400, "Content-Length is not one number");
            length = value <= maxBody ? value : throw new ControlException(413, $"the body of the {name} is longer than {maxBody} bytes");
        }
        return length ?? 0;
    }
}
