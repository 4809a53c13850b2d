using System.Text.RegularExpressions;

namespace S3Mount.MountTests.Packages;

/// <summary>A Dockerfile as its instructions, in order, with lines joined and comments gone.</summary>
internal sealed partial class Dockerfile
{
    private Dockerfile(IReadOnlyList<(string Instruction, string Text)> instructions) => Instructions = instructions;

    public IReadOnlyList<(string Instruction, string Text)> Instructions { get; }

    public static Dockerfile Load(string path)
    {
        IEnumerable<string> lines = File.ReadLines(path).Where(line => !line.TrimStart().StartsWith('#'));
        string[] joined = string.Join('\n', lines).Replace("\\\n", " ", StringComparison.Ordinal).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        return new Dockerfile([.. joined.Select(line => line.Split(' ', 2)).Select(words => (words[0], words[1].Trim()))]);
    }

    public IEnumerable<string> Of(string instruction) => Instructions.Where(one => one.Instruction == instruction).Select(one => one.Text);

    /// <summary>With <c>${NAME}</c> replaced; one that nobody has said is empty, as for the builder.</summary>
    public static string Expand(string text, IReadOnlyDictionary<string, string> values) =>
        Variable().Replace(text, match => values.GetValueOrDefault(match.Groups[1].Value, ""));

    [GeneratedRegex(@"\$\{(\w+)\}")]
    private static partial Regex Variable();
}
