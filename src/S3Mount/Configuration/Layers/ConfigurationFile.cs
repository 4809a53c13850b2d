using S3Mount.CommandLine;

namespace S3Mount.Configuration.Layers;

/// <summary>
/// A YAML file with the names of the options as keys, and <c>bucket</c> and <c>mountpoint</c>. Every key is looked at by its own kind:
/// today all of them have plain values.
/// </summary>
internal sealed class ConfigurationFile
{
    private readonly string _name;
    private readonly string _directory;
    private readonly ConfigurationProblems _problems;
    private readonly Dictionary<OptionDefinition, int> _lines = [];

    private ConfigurationFile(string name)
    {
        _name = name;
        // By the name that was given: what a link leads to (as in Kubernetes) may lie anywhere.
        _directory = Path.GetDirectoryName(Path.GetFullPath(name)) ?? "/";
        _problems = new ConfigurationProblems(name);
        Values = new OptionValues { Problems = _problems.Lines };
    }

    /// <summary>What the file says; what is found wrong when they are read is added to <see cref="Problems"/>.</summary>
    public OptionValues Values { get; }

    /// <summary>Each is one line that begins with file and line.</summary>
    public List<string> Problems => _problems.Lines;

    /// <param name="wantedBy">What named the file, such as <c>--config</c>.</param>
    /// <exception cref="UsageException">With the first thing that is wrong.</exception>
    public static OptionValues Read(string name, string wantedBy)
    {
        if (name.Length == 0)
            throw new UsageException($"{wantedBy}: the file name is empty");
        byte[] bytes;
        try
        {
            bytes = ConfigurationText.ReadFile(name);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new UsageException($"{wantedBy}: {name} cannot be read: {FileProblem.Describe(e)}");
        }
        ConfigurationFile file = Parse(name, bytes);
        return file.Problems.Count switch
        {
            0 => file.Values,
            1 => throw new UsageException(file.Problems[0]),
            var count => throw new UsageException($"{file.Problems[0]} ({count - 1} more: s3mount config check {name})"),
        };
    }

    /// <param name="name">As it was written; relative paths belong to its directory.</param>
    public static ConfigurationFile Parse(string name, ReadOnlySpan<byte> bytes)
    {
        var file = new ConfigurationFile(name);
        if (ConfigurationText.Decode(bytes, file._problems) is { } text)
        {
            foreach (YamlEntry entry in YamlReader.Read(text, file._problems))
                file.Add(entry);
        }
        return file;
    }

    private void Add(YamlEntry entry)
    {
        if (_problems.IsFull)
            return;
        string name = entry.Key.Replace('_', '-');
        OptionDefinition? option = MountOptions.Keys.FirstOrDefault(known => known.Name == name);
        if (option is null)
        {
            string? near = Suggestion.For(name.ToLowerInvariant(), MountOptions.Keys.Select(known => known.Name));
            _problems.Add(entry.Line, $"unknown key '{Shortened(entry.Key)}'; {(near is null ? "see s3mount help mount" : $"did you mean {near}?")}");
        }
        else if (!_lines.TryAdd(option, entry.Line))
            _problems.Add(entry.Line, $"{entry.Key} is there twice, first in line {_lines[option]}");
        else
            Add(entry, option);
    }

    private void Add(YamlEntry entry, OptionDefinition option)
    {
        if (Mistake(entry, option) is { } mistake)
            _problems.Add(entry.Line, $"{entry.Key}: {mistake}");
        // Also a wrong name of a file: that other options need one is then no mistake of theirs.
        if (entry.Kind == YamlValueKind.Text)
            Values.Set(option, option.IsPath ? Path.Combine(_directory, entry.Text) : entry.Text, OptionOrigin.File(_name, entry.Line, entry.Key));
    }

    private static string? Mistake(YamlEntry entry, OptionDefinition option) => entry.Kind switch
    {
        YamlValueKind.Nothing => $"there is no value; write {option.Name}: {option.ValueName ?? FlagText.On}, or leave the line out",
        YamlValueKind.List or YamlValueKind.Mapping => $"it has one value, not {(entry.Kind == YamlValueKind.List ? "a list" : "further keys")}; write {option.Name}: {option.ValueName ?? FlagText.On}",
        YamlValueKind.Block => "write the value behind the key, in the same line",
        YamlValueKind.Alias => "aliases are not followed; write the value, in quotes if it begins with *",
        YamlValueKind.Tagged => "anchors and tags are not understood; write the value alone, in quotes if it begins with & or !",
        _ when option.IsPath && entry.Text.Length == 0 => "the name is empty",
        // What a shell would make of it; nothing else does.
        _ when option.IsPath && entry.Text[0] == '~' => "~ is not understood in a file; write the whole path",
        _ => null,
    };

    private static string Shortened(string key) => key.Length <= 64 ? key : key[..64] + "...";
}
