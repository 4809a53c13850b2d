using System.Net.Sockets;

namespace S3Mount.Control.Http;

/// <summary>Reads one request from a connection; the caller brings the deadline.</summary>
internal static class ControlRequestReader
{
    /// <summary>The longest path that Linux has (PATH_MAX, 4 KiB), each of its bytes escaped as \u00XX, and as much again.</summary>
    public const int MaxBody = 48 << 10;

    /// <returns>Null when the client left without a word.</returns>
    /// <exception cref="ControlException">What was sent is no request that can be answered.</exception>
    /// <exception cref="SocketException">The client is gone.</exception>
    public static async ValueTask<ControlRequest?> ReadAsync(Socket socket, CancellationToken cancellationToken)
    {
        ControlMessage? message;
        try
        {
            message = await ControlMessage.ReadAsync(socket, "request", MaxBody, cancellationToken).ConfigureAwait(false);
        }
        catch (EndOfStreamException e)
        {
            throw new ControlException(400, e.Message);
        }
        if (message is null)
            return null;
        return message.FirstLine.Split(' ') switch
        {
            [{ Length: > 0 } method, ['/', ..] path, "HTTP/1.1" or "HTTP/1.0"] => new ControlRequest(method, path, message.Body),
            _ => throw new ControlException(400, "this is not a request of HTTP/1.1"),
        };
    }
}
