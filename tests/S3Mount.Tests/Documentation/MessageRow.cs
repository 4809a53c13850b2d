using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;

namespace S3Mount.Tests.Documentation;

/// <summary>A text of README's section "Troubleshooting", in the first cell of a row; a row may have several.</summary>
/// <param name="Line">Of README, from 1 on.</param>
/// <param name="Text">With <c>&lt;name&gt;</c> for a value that is put in, and <c>…</c> at its beginning or its end for what is left out.</param>
internal sealed record MessageRow(int Line, string Text)
{
    private const string Section = "## Troubleshooting";

    /// <summary>Rather less than this could stand for anything.</summary>
    private const int FewestLetters = 10;

    private Regex Pattern { get; } = new($"^{string.Concat(Pieces(Text).Select(PatternOf))}$", RegexOptions.Singleline);

    public static IReadOnlyList<MessageRow> All { get; } = [.. Read(File.ReadAllLines(Path.GetFullPath(Path.Combine(Path.GetDirectoryName(Here())!, "../../../README.md"))))];

    /// <summary>Whether it says anything of its own.</summary>
    public bool IsPrecise => Regex.Replace(Text, "<[^<>]+>", "").Count(char.IsLetter) >= (Text.Contains('…') ? FewestLetters : 1);

    public bool IsOf(SourceText source) => Pattern.IsMatch(source.Text.Trim());

    private static string[] Pieces(string text) => Regex.Split(text, "(<[^<>]+>|^…|…$)");

    private static string PatternOf(string piece) => piece switch
    {
        "…" => ".*",
        ['<', .., '>'] => SourceText.Hole + "+",
        _ => Regex.Escape(piece),
    };

    private static IEnumerable<MessageRow> Read(string[] lines)
    {
        int first = Array.IndexOf(lines, Section);
        for (int i = first + 1; first >= 0 && i < lines.Length && !lines[i].StartsWith("## ", StringComparison.Ordinal); i++)
        {
            // A bar within a cell is written \| in tables.
            if (!lines[i].StartsWith('|') || Regex.Split(lines[i], @"(?<!\\)\|") is not [_, var cell, ..])
                continue;
            foreach (Match text in Regex.Matches(cell, "`([^`]+)`"))
                yield return new MessageRow(i + 1, text.Groups[1].Value.Replace(@"\|", "|", StringComparison.Ordinal));
        }
    }

    private static string Here([CallerFilePath] string file = "") => file;
}
