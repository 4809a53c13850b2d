using System.Text;
using S3Mount.CommandLine;

namespace S3Mount.Configuration.Layers;

/// <summary>
/// What stands below <c>datasets</c>: for each its name, with <c>BUCKET[/PREFIX]</c> behind it or <c>bucket</c> and other keys below it.
/// </summary>
/// <param name="file">As its name was written.</param>
/// <param name="directory">What relative paths belong to.</param>
internal sealed class DatasetReader(string file, string directory, ConfigurationProblems problems)
{
    /// <summary>Each has connections, credentials and a file system of its own: a guard against a file that a program has written too much into.</summary>
    public const int Most = 256;

    /// <summary>NAME_MAX of Linux.</summary>
    private const int LongestName = 255;

    private readonly Dictionary<string, int> _lines = new(StringComparer.Ordinal);
    private readonly List<DatasetValues> _read = [];

    public IReadOnlyList<DatasetValues> Read(YamlEntry datasets)
    {
        if (datasets.Kind != YamlValueKind.Mapping || datasets.Entries.Count == 0)
            problems.Add(datasets.Line, $"{datasets.Key}: names are missing; write below it a line for each, such as imagenet: my-datasets/imagenet, further in than {datasets.Key}");
        else if (datasets.Entries.Count > Most)
            problems.Add(datasets.Line, $"{datasets.Key}: {datasets.Entries.Count} of them are too many; a mount has {Most} at most");
        else
            ReadEach(datasets.Entries);
        return _read;
    }

    private void ReadEach(IReadOnlyList<YamlEntry> datasets)
    {
        foreach (YamlEntry dataset in datasets)
        {
            if (problems.IsFull)
                return;
            if (WrongName(dataset.Key) is { } mistake)
                problems.Add(dataset.Line, $"dataset '{KeyReader.Shortened(dataset.Key)}': {mistake}");
            else if (!_lines.TryAdd(dataset.Key, dataset.Line))
                problems.Add(dataset.Line, $"dataset {dataset.Key} is there twice, first in line {_lines[dataset.Key]}");
            else
                Read(dataset, new OptionValues { Problems = problems.Lines });
        }
    }

    private void Read(YamlEntry dataset, OptionValues values)
    {
        OptionOrigin origin = OptionOrigin.File(file, dataset.Line, dataset.Key);
        switch (dataset.Kind)
        {
            case YamlValueKind.Text:
                values.Set(MountOptions.Bucket, dataset.Text, origin);
                break;
            case YamlValueKind.Mapping:
                var keys = new KeyReader(file, directory, problems, values, MountOptions.OfDatasets, []);
                foreach (YamlEntry entry in dataset.Entries)
                    keys.Add(entry);
                if (values.Text(MountOptions.Bucket) is null && !dataset.Entries.Any(entry => entry.Key == MountOptions.Bucket.Name))
                    problems.Add(dataset.Line, $"dataset {dataset.Key}: its bucket is missing; write bucket: BUCKET[/PREFIX] below it");
                break;
            default:
                problems.Add(dataset.Line, $"dataset {dataset.Key}: write {dataset.Key}: BUCKET[/PREFIX], or below it bucket: BUCKET[/PREFIX] and what else holds for it");
                break;
        }
        if (values.Text(MountOptions.Bucket) is not null)
            _read.Add(new DatasetValues(dataset.Key, origin.Place, values));
    }

    // It is to be the name of a directory.
    private static string? WrongName(string name) => name switch
    {
        "" => "the name is empty",
        "." or ".." => "no directory can have this name",
        _ when name.Contains('/', StringComparison.Ordinal) => "the name of a directory has no slash in it; each dataset is a directory right below the mountpoint",
        _ when name.Any(char.IsControl) => "the name has control characters in it",
        _ when Encoding.UTF8.GetByteCount(name) > LongestName => $"the name is longer than {LongestName} bytes",
        _ => null,
    };
}
