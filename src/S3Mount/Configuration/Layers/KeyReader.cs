using S3Mount.CommandLine;

namespace S3Mount.Configuration.Layers;

/// <summary>Keys of one mapping of a file that are names of options, with plain values.</summary>
/// <param name="file">As its name was written.</param>
/// <param name="directory">What relative paths belong to.</param>
/// <param name="values">Where what the keys say goes.</param>
/// <param name="known">The options that may stand there.</param>
/// <param name="others">Further keys that may be meant by one that is misspelt.</param>
internal sealed class KeyReader(string file, string directory, ConfigurationProblems problems, OptionValues values, IEnumerable<OptionDefinition> known, IEnumerable<string> others)
{
    private readonly Dictionary<OptionDefinition, int> _lines = [];

    public void Add(YamlEntry entry)
    {
        string name = entry.Key.Replace('_', '-');
        OptionDefinition? option = known.FirstOrDefault(known => known.Name == name);
        if (option is null)
            problems.Add(entry.Line, Unknown(entry.Key, name));
        else if (!_lines.TryAdd(option, entry.Line))
            problems.Add(entry.Line, $"{entry.Key} is there twice, first in line {_lines[option]}");
        else
            Add(entry, option);
    }

    private void Add(YamlEntry entry, OptionDefinition option)
    {
        if (Mistake(entry, option) is { } mistake)
            problems.Add(entry.Line, $"{entry.Key}: {mistake}");
        // Also a wrong name of a file: that other options need one is then no mistake of theirs.
        if (entry.Kind == YamlValueKind.Text)
            values.Set(option, option.IsPath ? Path.Combine(directory, entry.Text) : entry.Text, OptionOrigin.File(file, entry.Line, entry.Key));
    }

    private string Unknown(string key, string name)
    {
        if (MountOptions.Keys.Any(option => option.Name == name))
            return $"{key} holds for the whole mount, not for one dataset; write it at the beginning of a line";
        string? near = Suggestion.For(name.ToLowerInvariant(), known.Select(option => option.Name).Concat(others));
        return $"unknown key '{Shortened(key)}'; {(near is null ? "see s3mount help mount" : $"did you mean {near}?")}";
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

    internal static string Shortened(string key) => key.Length <= 64 ? key : key[..64] + "...";
}
