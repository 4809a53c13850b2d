using System.Globalization;
using System.Net.Sockets;
using System.Text;

namespace S3Mount.Control.Http;

/// <summary>Writes an answer, after which the connection is closed: one request a connection.</summary>
internal static class ControlResponseWriter
{
    public static async ValueTask WriteAsync(Socket socket, ControlResponse response, CancellationToken cancellationToken)
    {
        string head = string.Create(CultureInfo.InvariantCulture,
            $"HTTP/1.1 {response.Status} {Reason(response.Status)}\r\nContent-Type: application/json\r\nContent-Length: {response.Body.Length}\r\nConnection: close\r\n\r\n");
        byte[] message = [.. Encoding.ASCII.GetBytes(head), .. response.Body.Span];
        for (int sent = 0; sent < message.Length;)
            sent += await socket.SendAsync(message.AsMemory(sent), cancellationToken).ConfigureAwait(false);
    }

    private static string Reason(int status) => status switch
    {
        200 => "OK",
        400 => "Bad Request",
        403 => "Forbidden",
        404 => "Not Found",
        405 => "Method Not Allowed",
        408 => "Request Timeout",
        409 => "Conflict",
        411 => "Length Required",
        413 => "Content Too Large",
        431 => "Request Header Fields Too Large",
        502 => "Bad Gateway",
        503 => "Service Unavailable",
        504 => "Gateway Timeout",
        _ => "Internal Server Error",
    };
}
