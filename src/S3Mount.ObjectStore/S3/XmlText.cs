using System.Globalization;
using System.Text;

namespace S3Mount.ObjectStore.S3;

/// <summary>The text of XML elements.</summary>
internal static class XmlText
{
    // &#x10FFFF; is the longest reference that S3 sends; leading zeros make some longer.
    private const int MaxReferenceLength = 16;

    /// <summary>
    /// Undoes entities and character references; false when one is not known. The result is never longer than the source, and
    /// both may be the same memory.
    /// </summary>
    public static bool TryUnescape(ReadOnlySpan<byte> text, Span<byte> destination, out int written)
    {
        written = 0;
        for (; ; )
        {
            int ampersand = text.IndexOf((byte)'&');
            int plain = ampersand < 0 ? text.Length : ampersand;
            text[..plain].CopyTo(destination[written..]);
            written += plain;
            if (ampersand < 0)
                return true;
            text = text[(plain + 1)..];
            int end = text[..Math.Min(text.Length, MaxReferenceLength)].IndexOf((byte)';');
            if (end < 0 || !TryResolve(text[..end], out Rune rune))
                return false;
            written += rune.EncodeToUtf8(destination[written..]);
            text = text[(end + 1)..];
        }
    }

    /// <summary>The text as a string; null when it cannot be read.</summary>
    public static string? ToText(ReadOnlySpan<byte> text, bool isLiteral)
    {
        if (isLiteral)
            return Encoding.UTF8.GetString(text);
        byte[] unescaped = new byte[text.Length];
        return TryUnescape(text, unescaped, out int length) ? Encoding.UTF8.GetString(unescaped, 0, length) : null;
    }

    private static bool TryResolve(ReadOnlySpan<byte> reference, out Rune rune)
    {
        int value = reference switch
        {
            [(byte)'#', (byte)'x' or (byte)'X', .. var digits] => int.TryParse(digits, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out int hex) ? hex : 0,
            [(byte)'#', .. var digits] => int.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out int number) ? number : 0,
            [(byte)'a', (byte)'m', (byte)'p'] => '&',
            [(byte)'l', (byte)'t'] => '<',
            [(byte)'g', (byte)'t'] => '>',
            [(byte)'q', (byte)'u', (byte)'o', (byte)'t'] => '"',
            [(byte)'a', (byte)'p', (byte)'o', (byte)'s'] => '\'',
            _ => 0,
        };
        return Rune.TryCreate(value, out rune) && value > 0;
    }
}
