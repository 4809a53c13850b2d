using System.Globalization;

namespace S3Mount.Testing.S3Server.Operations;

/// <summary>A range of an object (RFC 9110, 14.1.2).</summary>
internal readonly record struct ByteRange(long Offset, long Length)
{
    /// <summary>Null when the header is absent, malformed or names several ranges: then the whole object is sent, as S3 does.</summary>
    public static ByteRange? Parse(string? header, long size)
    {
        if (header is null || !header.StartsWith("bytes=", StringComparison.Ordinal))
            return null;
        string text = header["bytes=".Length..];
        int hyphen = text.IndexOf('-', StringComparison.Ordinal);
        if (hyphen < 0)
            return null;
        if (hyphen == 0)
        {
            if (!TryParse(text[1..], out long suffix))
                return null;
            long length = Math.Min(suffix, size);
            return length == 0 ? throw Unsatisfiable(text, size) : new ByteRange(size - length, length);
        }
        if (!TryParse(text[..hyphen], out long first))
            return null;
        long last = long.MaxValue - 1;
        if (hyphen < text.Length - 1 && !TryParse(text[(hyphen + 1)..], out last))
            return null;
        if (last < first)
            return null;
        return first >= size ? throw Unsatisfiable(text, size) : new ByteRange(first, Math.Min(last + 1, size) - first);
    }

    private static bool TryParse(string text, out long number) => long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out number);

    private static S3Exception Unsatisfiable(string range, long size) => new(416, "InvalidRange", "The requested range is not satisfiable")
    {
        Details = [("RangeRequested", range), ("ActualObjectSize", size.ToString(CultureInfo.InvariantCulture))],
        Headers = [("Content-Range", string.Create(CultureInfo.InvariantCulture, $"bytes */{size}"))],
    };
}
