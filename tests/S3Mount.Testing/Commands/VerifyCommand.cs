using S3Mount.Testing.Datasets;

namespace S3Mount.Testing.Commands;

/// <summary>Compares a directory with the dataset that it should hold: names, sizes, dates and every byte.</summary>
internal static class VerifyCommand
{
    public const string Usage = "verify DIRECTORY CLASSES IMAGES [MEDIAN_SIDE]";

    // More differences say no more.
    private const int MaxShown = 20;

    public static async Task<int> RunAsync(string[] words)
    {
        var arguments = new CommandArguments(words, [], []);
        if (arguments.Positionals.Count is < 3 or > 4)
            throw new UsageException(Usage);
        string directory = arguments.Positionals[0];
        ImageFolderDataset dataset = DatasetArgument.Create([.. arguments.Positionals.Skip(1)]);
        var differences = new List<string>();
        string[] present = [.. Directory.EnumerateFiles(directory, "*", SearchOption.AllDirectories).Select(path => Path.GetRelativePath(directory, path))];
        var expected = Enumerable.Range(0, dataset.Count).Select(dataset.NameOf).ToHashSet();
        differences.AddRange(present.Where(name => !expected.Contains(name)).Select(name => $"{name}: is not of the dataset"));
        string[] classes = [.. Directory.EnumerateDirectories(directory).Select(path => Path.GetFileName(path)!)];
        differences.AddRange(classes.Except(dataset.Classes).Select(name => $"{name}/: is not of the dataset"));

        long bytes = 0;
        await Parallel.ForAsync(0, dataset.Count, async (index, cancellationToken) =>
        {
            DatasetFile file = dataset[index];
            Interlocked.Add(ref bytes, file.Bytes.Length);
            if (await DifferenceAsync(directory, file, cancellationToken) is not { } difference)
                return;
            lock (differences)
                differences.Add($"{file.Name}: {difference}");
        });
        foreach (string difference in differences.Take(MaxShown))
            await Console.Error.WriteLineAsync(difference);
        await Console.Out.WriteLineAsync($"{dataset.Classes.Count} classes, {dataset.Count} images, {bytes} bytes, {differences.Count} differences");
        return differences.Count == 0 ? 0 : 1;
    }

    private static async ValueTask<string?> DifferenceAsync(string directory, DatasetFile file, CancellationToken cancellationToken)
    {
        string path = Path.Combine(directory, file.Name);
        try
        {
            byte[] bytes = await File.ReadAllBytesAsync(path, cancellationToken);
            if (bytes.Length != file.Bytes.Length)
                return $"has {bytes.Length} bytes instead of {file.Bytes.Length}";
            int same = bytes.AsSpan().CommonPrefixLength(file.Bytes);
            if (same < bytes.Length)
                return $"differs from byte {same} on";
            DateTime modified = File.GetLastWriteTimeUtc(path);
            return modified == file.LastModified.UtcDateTime ? null : $"is of {modified:O} instead of {file.LastModified:O}";
        }
        catch (IOException exception)
        {
            return exception.Message;
        }
    }
}
