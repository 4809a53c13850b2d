using System.Globalization;

namespace S3Mount.ObjectStore.S3;

/// <summary>The header of a 206 (RFC 9110, 14.4): <c>bytes 0-99/1234</c>. Total is -1 where the store does not tell it.</summary>
internal readonly record struct ContentRange(long First, long Last, long Total)
{
    public static ContentRange? Parse(ReadOnlySpan<char> header)
    {
        const string Unit = "bytes ";
        if (!header.StartsWith(Unit, StringComparison.OrdinalIgnoreCase))
            return null;
        ReadOnlySpan<char> range = header[Unit.Length..];
        int hyphen = range.IndexOf('-');
        int slash = range.IndexOf('/');
        if (hyphen < 0 || slash < hyphen || !TryNumber(range[..hyphen], out long first) || !TryNumber(range[(hyphen + 1)..slash], out long last))
            return null;
        if (range[(slash + 1)..] is "*")
            return new ContentRange(first, last, -1);
        return TryNumber(range[(slash + 1)..], out long total) ? new ContentRange(first, last, total) : null;
    }

    private static bool TryNumber(ReadOnlySpan<char> digits, out long value) =>
        long.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out value);
}
