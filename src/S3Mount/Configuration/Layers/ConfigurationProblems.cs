using System.Globalization;
using S3Mount.CommandLine;

namespace S3Mount.Configuration.Layers;

/// <summary>What is wrong in a configuration file, each in one line with its place.</summary>
/// <param name="file">As its name was written.</param>
internal sealed class ConfigurationProblems(string file)
{
    /// <summary>More than anybody mends in one go. What is no configuration at all has one in every line.</summary>
    private const int Most = 20;

    public List<string> Lines { get; } = [];

    /// <summary>Nothing more needs to be looked for.</summary>
    public bool IsFull => Lines.Count >= Most;

    public void Add(int line, string problem) => Lines.Add(UsageException.OneLine(string.Create(CultureInfo.InvariantCulture, $"{file}:{line}: {problem}")));
}
