using System.Globalization;
using System.Text;

namespace S3Mount.Top;

/// <summary>Text in the cells of a terminal: whatever a key or a program's name holds, it takes so many columns, and commands nothing.</summary>
/// <param name="isUnicode">Whether the terminal knows more than ASCII.</param>
internal sealed class CellText(bool isUnicode)
{
    private const char Unknown = '?';

    /// <summary>Two columns wide: East Asian Wide and Fullwidth, and what is shown as a picture (Unicode 16, EastAsianWidth.txt), in whole blocks.</summary>
    private static readonly (int First, int Last)[] _wide =
    [
        (0x1100, 0x115F), (0x2E80, 0x303E), (0x3041, 0xA4CF), (0xA960, 0xA97F), (0xAC00, 0xD7A3), (0xF900, 0xFAFF), (0xFE30, 0xFE6F), (0xFF00, 0xFF60), (0xFFE0, 0xFFE6),
        (0x1F000, 0x1FAFF), (0x20000, 0x3FFFD),
    ];

    /// <summary>What a cut text ends in.</summary>
    private string Cut => isUnicode ? "…" : "~";

    /// <summary>The text, cut where it is longer than that.</summary>
    public string Fit(string text, int width)
    {
        if (width <= 0)
            return "";
        var fitted = new StringBuilder();
        int column = 0, beforeCut = 0;
        foreach (Rune rune in text.EnumerateRunes())
        {
            (string shown, int columns) = Show(rune);
            if (column + columns > width)
            {
                fitted.Length = beforeCut;
                return fitted.Append(Cut).ToString();
            }
            fitted.Append(shown);
            column += columns;
            // There has to be room for the mark.
            if (column < width)
                beforeCut = fitted.Length;
        }
        return fitted.ToString();
    }

    /// <summary>The same in exactly so many columns.</summary>
    /// <param name="isRight">Whether it stands at their end.</param>
    public string Pad(string text, int width, bool isRight = false)
    {
        string fitted = Fit(text, width);
        string space = new(' ', Math.Max(0, width - ColumnsOf(fitted)));
        return isRight ? space + fitted : fitted + space;
    }

    public int ColumnsOf(string text) => text.EnumerateRunes().Sum(rune => Show(rune).Columns);

    // What has no width, or another one in each terminal, is left out of keys that are shown: marks that combine, joiners, what
    // turns the direction of writing, private and unassigned characters.
    private (string Shown, int Columns) Show(Rune rune)
    {
        if (rune.IsAscii)
            return ((Rune.IsControl(rune) ? Unknown : (char)rune.Value).ToString(), 1);
        if (!isUnicode)
            return (Unknown.ToString(), 1);
        switch (Rune.GetUnicodeCategory(rune))
        {
            case UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.Surrogate or UnicodeCategory.PrivateUse or UnicodeCategory.OtherNotAssigned
                or UnicodeCategory.NonSpacingMark or UnicodeCategory.EnclosingMark or UnicodeCategory.SpacingCombiningMark
                or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator:
                return (Unknown.ToString(), 1);
        }
        return rune == Rune.ReplacementChar ? (Unknown.ToString(), 1) : (rune.ToString(), IsWide(rune.Value) ? 2 : 1);
    }

    private static bool IsWide(int value)
    {
        foreach ((int first, int last) in _wide)
        {
            if (value >= first && value <= last)
                return true;
        }
        return false;
    }
}
