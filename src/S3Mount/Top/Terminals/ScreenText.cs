using System.Globalization;
using System.Text;

namespace S3Mount.Top.Terminals;

/// <summary>Lines as the bytes that put them on a screen (ECMA-48, and what xterm added to it).</summary>
internal static class ScreenText
{
    /// <summary>Another screen, without a cursor, on which nothing that is too long goes on in the next line.</summary>
    public const string Enter = "\e[?1049h\e[?25l\e[?7l\e[2J";

    /// <summary>The screen that was there before.</summary>
    public const string Leave = "\e[0m\e[?7h\e[?25h\e[?1049l";

    private const string Plain = "\e[0m";

    /// <summary>Each line at its place, so that whatever a line does to the terminal is mended by the next; below them nothing.</summary>
    /// <param name="height">Of the screen; at most so many lines are written.</param>
    public static string Write(IReadOnlyList<ScreenLine> lines, int height, bool hasColor)
    {
        var text = new StringBuilder();
        for (int i = 0; i < Math.Max(height, 0); i++)
        {
            // Emptied first: behind a line that is full the cursor stands on its last letter.
            text.Append(CultureInfo.InvariantCulture, $"\e[{i + 1};1H\e[K");
            if (i < lines.Count)
                text.Append(hasColor ? Styled(lines[i]) : lines[i].Text);
        }
        return text.ToString();
    }

    private static string Styled(ScreenLine line) => line.Style switch
    {
        ScreenStyle.Title => $"\e[1m{line.Text}{Plain}",
        ScreenStyle.Head => $"\e[7m{line.Text}{Plain}",
        ScreenStyle.Alarm => $"\e[1;31m{line.Text}{Plain}",
        ScreenStyle.Named => $"\e[36m{line.Text[..Math.Min(ScreenLine.NameColumns, line.Text.Length)]}{Plain}{line.Text[Math.Min(ScreenLine.NameColumns, line.Text.Length)..]}",
        _ => line.Text,
    };
}
