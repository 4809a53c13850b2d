using System.Globalization;
using System.Net.Sockets;

namespace S3Mount.Control.Http;

/// <summary>Writes an answer, after which the connection is closed: one request a connection.</summary>
internal static class ControlResponseWriter
{
    public static ValueTask WriteAsync(Socket socket, ControlResponse response, CancellationToken cancellationToken) =>
        ControlMessage.WriteAsync(socket, string.Create(CultureInfo.InvariantCulture, $"HTTP/1.1 {response.Status} {Reason(response.Status)}"), response.ContentType, response.Body, cancellationToken);

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
        422 => "Unprocessable Content",
        431 => "Request Header Fields Too Large",
        502 => "Bad Gateway",
        503 => "Service Unavailable",
        504 => "Gateway Timeout",
        _ => "Internal Server Error",
    };
}
