using System.Text;

namespace S3Mount.Testing.S3Server.Http;

/// <summary>Parses a request line and headers (RFC 9112, sections 3 and 5).</summary>
internal static class RequestHead
{
    /// <summary>Splits the head that <paramref name="bytes"/> begins with; it ends with an empty line.</summary>
    public static (string Method, string Target, string Version, HeaderList Headers) Parse(ReadOnlySpan<byte> bytes)
    {
        int lineEnd = bytes.IndexOf("\r\n"u8);
        ReadOnlySpan<byte> line = bytes[..lineEnd];
        int first = line.IndexOf((byte)' ');
        int last = line.LastIndexOf((byte)' ');
        if (first <= 0 || last <= first + 1)
            throw new HttpException(400, "The request line is malformed.");
        string version = Encoding.Latin1.GetString(line[(last + 1)..]);
        if (version is not ("HTTP/1.1" or "HTTP/1.0"))
            throw new HttpException(505, $"'{version}' is not spoken here.");
        return (Known(line[..first]), Encoding.Latin1.GetString(line[(first + 1)..last]), version, ParseHeaders(bytes[(lineEnd + 2)..]));
    }

    private static HeaderList ParseHeaders(ReadOnlySpan<byte> bytes)
    {
        var headers = new HeaderList();
        while (!bytes.StartsWith("\r\n"u8))
        {
            int end = bytes.IndexOf("\r\n"u8);
            ReadOnlySpan<byte> line = bytes[..end];
            int colon = line.IndexOf((byte)':');
            if (colon <= 0 || line[0] is (byte)' ' or (byte)'\t' || line[colon - 1] is (byte)' ' or (byte)'\t')
                throw new HttpException(400, "A header line is malformed.");
            headers.Add(Encoding.Latin1.GetString(line[..colon]), Encoding.Latin1.GetString(line[(colon + 1)..].Trim(" \t"u8)));
            bytes = bytes[(end + 2)..];
        }
        return headers;
    }

    private static string Known(ReadOnlySpan<byte> method)
    {
        if (method.SequenceEqual("GET"u8))
            return "GET";
        return method.SequenceEqual("HEAD"u8) ? "HEAD" : Encoding.Latin1.GetString(method);
    }
}
