using System.Globalization;

namespace S3Mount.ObjectStore.S3;

/// <summary>The two ways in which S3 writes a time, read to whole seconds: a listing may have milliseconds, HEAD has none.</summary>
internal static class S3Time
{
    private static readonly long _last = DateTimeOffset.MaxValue.ToUnixTimeSeconds();

    /// <summary>ISO 8601 with or without a fraction, as in listings: <c>2009-10-12T17:50:30.000Z</c>.</summary>
    public static bool TryParseIso(ReadOnlySpan<byte> text, out long seconds)
    {
        seconds = 0;
        if (text.Length < "2009-10-12T17:50:30Z".Length
            || text[4] != '-' || text[7] != '-' || text[10] != 'T' || text[13] != ':' || text[16] != ':'
            || !TryNumber(text[..4], 1, 9999, out int year) || !TryNumber(text[5..7], 1, 12, out int month)
            || !TryNumber(text[8..10], 1, DateTime.DaysInMonth(year, month), out int day)
            || !TryNumber(text[11..13], 0, 23, out int hour) || !TryNumber(text[14..16], 0, 59, out int minute)
            || !TryNumber(text[17..19], 0, 60, out int second))
        {
            return false;
        }
        ReadOnlySpan<byte> rest = text[19..];
        if (rest[0] == '.')
            rest = rest[1..].TrimStart("0123456789"u8);
        // Nobody has been seen to send another zone than UTC.
        if (!rest.SequenceEqual("Z"u8) && !rest.SequenceEqual("+00:00"u8))
            return false;
        seconds = new DateTimeOffset(year, month, day, hour, minute, 0, TimeSpan.Zero).ToUnixTimeSeconds() + second;
        // A leap second at the end of the year 9999 is a time that nothing here could write.
        return seconds <= _last;
    }

    /// <summary>An HTTP date (RFC 9110, 5.6.7), as in Date and Last-Modified; null when it cannot be read.</summary>
    public static DateTimeOffset? ParseHttp(string? text) =>
        DateTimeOffset.TryParseExact(text, "r", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out DateTimeOffset time) ? time : null;

    /// <summary>As If-Unmodified-Since wants it.</summary>
    public static string ToHttp(long seconds) => DateTimeOffset.FromUnixTimeSeconds(seconds).ToString("r", CultureInfo.InvariantCulture);

    private static bool TryNumber(ReadOnlySpan<byte> digits, int min, int max, out int value) =>
        int.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out value) && value >= min && value <= max;
}
