using System.Buffers;
using System.Globalization;
using System.Text;

namespace S3Mount.Testing.S3Server.Http;

/// <summary>Writes a status line and headers.</summary>
internal static class ResponseHead
{
    public static void Write(ArrayBufferWriter<byte> head, ServerResponse response, bool keepsAlive)
    {
        Append(head, "HTTP/1.1 ");
        Append(head, response.Status.ToString(CultureInfo.InvariantCulture));
        Append(head, " ");
        Append(head, ReasonOf(response.Status));
        head.Write("\r\n"u8);
        foreach (KeyValuePair<string, string> header in response.Headers)
            AppendHeader(head, header.Key, header.Value);
        // A 204 or 304 has no body and says no length (RFC 9110, 8.6); a fault may have set one of its own.
        if (response.Status is not (204 or 304) && !response.EndsWithConnection && response.Headers["Content-Length"] is null && response.Headers["Transfer-Encoding"] is null)
            AppendHeader(head, "Content-Length", response.Length.ToString(CultureInfo.InvariantCulture));
        if (!keepsAlive)
            AppendHeader(head, "Connection", "close");
        head.Write("\r\n"u8);
    }

    private static void AppendHeader(ArrayBufferWriter<byte> head, string name, string value)
    {
        Append(head, name);
        head.Write(": "u8);
        Append(head, value);
        head.Write("\r\n"u8);
    }

    private static void Append(ArrayBufferWriter<byte> head, string text) => Encoding.Latin1.GetBytes(text, head);

    // A reason says nothing to a program; these are for people who read a trace.
    private static string ReasonOf(int status) => status switch
    {
        200 => "OK",
        204 => "No Content",
        206 => "Partial Content",
        301 => "Moved Permanently",
        304 => "Not Modified",
        307 => "Temporary Redirect",
        400 => "Bad Request",
        403 => "Forbidden",
        404 => "Not Found",
        409 => "Conflict",
        412 => "Precondition Failed",
        416 => "Requested Range Not Satisfiable",
        429 => "Too Many Requests",
        500 => "Internal Server Error",
        501 => "Not Implemented",
        503 => "Service Unavailable",
        _ => "Other",
    };
}
