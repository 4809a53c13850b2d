using System.Globalization;
using System.Text;

namespace S3Mount.ObjectStore.Tests.Wire;

/// <summary>What <see cref="ScriptedServer"/> does with one request: bytes as they go over the wire, and how it ends.</summary>
internal sealed record ScriptedAnswer
{
    public byte[] Bytes { get; init; } = [];

    /// <summary>Sent after <see cref="Gate"/> has opened.</summary>
    public byte[] Rest { get; init; } = [];

    /// <summary>Opens when the test lets the answer go on; null: at once.</summary>
    public Task? Gate { get; init; }

    public bool CloseAfter { get; init; }

    /// <summary>Close with RST instead of FIN.</summary>
    public bool ResetAfter { get; init; }

    public static ScriptedAnswer Raw(string text) => new() { Bytes = Encoding.Latin1.GetBytes(text) };

    /// <summary>Status line, the headers given, Content-Length, body.</summary>
    public static ScriptedAnswer Of(string status, string headers, byte[] body) => Raw(
        string.Create(CultureInfo.InvariantCulture, $"HTTP/1.1 {status}\r\n{Lines(headers)}Content-Length: {body.Length}\r\n\r\n")).With(body);

    public static ScriptedAnswer Of(string status, string headers, string body) => Of(status, headers, Encoding.UTF8.GetBytes(body));

    public static ScriptedAnswer Error(string status, string code, string headers = "") => Of(
        status, headers, $"<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Error><Code>{code}</Code><Message>words</Message><RequestId>R1</RequestId></Error>");

    public static ScriptedAnswer Page(string xml) => Of("200 OK", "Content-Type: application/xml", xml);

    public static ScriptedAnswer EmptyPage { get; } = Page("<ListBucketResult><IsTruncated>false</IsTruncated></ListBucketResult>");

    /// <summary>A 206 with the bytes of the range that is asked for.</summary>
    public static ScriptedAnswer Range(string head, byte[] content, string etag)
    {
        (int first, int last) = RequestedRange(head);
        return Of(
            "206 Partial Content",
            string.Create(CultureInfo.InvariantCulture, $"ETag: \"{etag}\"\nContent-Range: bytes {first}-{last}/{content.Length}"),
            content[first..(last + 1)]);
    }

    public static (int First, int Last) RequestedRange(string head)
    {
        string line = head.Split("\r\n").Single(header => header.StartsWith("range: bytes=", StringComparison.OrdinalIgnoreCase));
        string[] ends = line["range: bytes=".Length..].Split('-');
        return (int.Parse(ends[0], CultureInfo.InvariantCulture), int.Parse(ends[1], CultureInfo.InvariantCulture));
    }

    /// <summary>Only the first bytes of what would have been sent.</summary>
    public ScriptedAnswer CutAfterBody(int bytes)
    {
        int body = Encoding.Latin1.GetString(Bytes).IndexOf("\r\n\r\n", StringComparison.Ordinal) + 4;
        return this with { Bytes = Bytes[..(body + bytes)], CloseAfter = true };
    }

    /// <summary>The last bytes wait for a gate.</summary>
    public ScriptedAnswer StallAfterBody(int bytes, Task gate)
    {
        int body = Encoding.Latin1.GetString(Bytes).IndexOf("\r\n\r\n", StringComparison.Ordinal) + 4;
        return this with { Bytes = Bytes[..(body + bytes)], Rest = Bytes[(body + bytes)..], Gate = gate };
    }

    private ScriptedAnswer With(byte[] body) => this with { Bytes = [.. Bytes, .. body] };

    private static string Lines(string headers) =>
        string.Concat(headers.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => line.Trim() + "\r\n"));
}
