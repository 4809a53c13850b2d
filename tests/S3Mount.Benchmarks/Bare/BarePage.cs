using System.Text;

namespace S3Mount.Benchmarks.Bare;

/// <summary>Finds in the document of a listing what a bare client needs. Nothing of what the bench's store lists is escaped.</summary>
internal static class BarePage
{
    public const string Query = "?list-type=2&encoding-type=url&prefix=";

    public static int CountKeys(ReadOnlySpan<byte> page) => page.Count("<Key>"u8);

    /// <summary>What asks for the next page; null when this is the last one.</summary>
    public static string? Continuation(ReadOnlySpan<byte> page)
    {
        int position = 0;
        return Next(page, "<NextContinuationToken>"u8, ref position) is { IsEmpty: false } token
            ? "&continuation-token=" + Uri.EscapeDataString(Encoding.ASCII.GetString(token))
            : null;
    }

    public static List<string> CommonPrefixes(ReadOnlySpan<byte> page)
    {
        var prefixes = new List<string>();
        int position = 0;
        while (Next(page, "<CommonPrefixes><Prefix>"u8, ref position) is { IsEmpty: false } prefix)
            prefixes.Add(Encoding.ASCII.GetString(prefix));
        return prefixes;
    }

    /// <summary>Keys up to and including this one.</summary>
    public static int CountKeysUpTo(ReadOnlySpan<byte> page, ReadOnlySpan<byte> last)
    {
        (int count, int position) = (0, 0);
        while (Next(page, "<Key>"u8, ref position) is { IsEmpty: false } key && key.SequenceCompareTo(last) <= 0)
            count++;
        return count;
    }

    // The text behind the next such tag; empty when there is none.
    private static ReadOnlySpan<byte> Next(ReadOnlySpan<byte> page, ReadOnlySpan<byte> tag, ref int position)
    {
        int start = page[position..].IndexOf(tag);
        if (start < 0)
            return [];
        start += position + tag.Length;
        int length = page[start..].IndexOf((byte)'<');
        position = start + length;
        return page.Slice(start, length);
    }
}
