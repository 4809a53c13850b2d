using S3Mount.CommandLine;

namespace S3Mount.Configuration.Layers;

/// <summary>
/// A YAML file with the names of the options as keys, and <c>bucket</c> and <c>mountpoint</c>, all with plain values; or, for several prefixes
/// in one mount, <c>datasets</c>: below it the name of each, with its bucket or with keys of its own.
/// </summary>
internal sealed class ConfigurationFile
{
    private readonly ConfigurationProblems _problems;
    private readonly KeyReader _keys;
    private readonly DatasetReader _datasets;
    private int _datasetsLine;

    private ConfigurationFile(string name)
    {
        // By the name that was given: what a link leads to (as in Kubernetes) may lie anywhere.
        string directory = Path.GetDirectoryName(Path.GetFullPath(name)) ?? "/";
        _problems = new ConfigurationProblems(name);
        Values = new OptionValues { Problems = _problems.Lines };
        _keys = new KeyReader(name, directory, _problems, Values, MountOptions.Keys, [MountOptions.Datasets]);
        _datasets = new DatasetReader(name, directory, _problems);
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
        if (entry.Key != MountOptions.Datasets)
        {
            _keys.Add(entry);
            return;
        }
        if (_datasetsLine > 0)
        {
            _problems.Add(entry.Line, $"{entry.Key} is there twice, first in line {_datasetsLine}");
            return;
        }
        _datasetsLine = entry.Line;
        Values.Datasets = _datasets.Read(entry);
    }
}
