using System.Buffers;
using System.Globalization;
using System.Text;

namespace S3Mount.Configuration.Reporting;

/// <summary>A value as YAML writes it: what is read back is the same text.</summary>
internal static class YamlText
{
    private static readonly SearchValues<char> _plain = SearchValues.Create("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789/._:@%+=,-");

    public static string Of(string text)
    {
        if (text.Any(NeedsEscape))
            return Escaped(text);
        bool isPlain = text.Length > 0 && (char.IsAsciiLetterOrDigit(text[0]) || text[0] == '/') && text[^1] != ':'
            && !text.AsSpan().ContainsAnyExcept(_plain) && !text.Equals("null", StringComparison.OrdinalIgnoreCase);
        return isPlain ? text : $"'{text.Replace("'", "''", StringComparison.Ordinal)}'";
    }

    // What ends a line in YAML 1.1 or 1.2, or is no printable letter of theirs.
    private static bool NeedsEscape(char letter) =>
        char.IsControl(letter) || letter is '\u2028' or '\u2029' or '\ufeff' or '\ufffe' or '\uffff' || char.IsSurrogate(letter);

    private static string Escaped(string text)
    {
        var escaped = new StringBuilder("\"");
        foreach (Rune rune in text.EnumerateRunes())
        {
            if (rune.Value is '"' or '\\')
                escaped.Append('\\').Append(rune);
            else if (rune.Value > char.MaxValue)
                escaped.Append(CultureInfo.InvariantCulture, $"\\U{rune.Value:X8}");
            else if (NeedsEscape((char)rune.Value))
                escaped.Append(CultureInfo.InvariantCulture, $"\\u{rune.Value:X4}");
            else
                escaped.Append(rune);
        }
        return escaped.Append('"').ToString();
    }
}
