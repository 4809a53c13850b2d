using S3Mount.Testing.Datasets;

namespace S3Mount.Testing.Commands;

/// <summary>Writes the dataset that <c>serve</c> serves to a directory.</summary>
internal static class ImageFolderCommand
{
    public const string Usage = "imagefolder DIRECTORY CLASSES IMAGES [MEDIAN_SIDE]";

    public static async Task<int> RunAsync(string[] words)
    {
        var arguments = new CommandArguments(words, [], []);
        if (arguments.Positionals.Count is < 3 or > 4)
            throw new UsageException(Usage);
        string directory = arguments.Positionals[0];
        ImageFolderDataset dataset = DatasetArgument.Create([.. arguments.Positionals.Skip(1)]);
        foreach (string name in dataset.Classes)
            Directory.CreateDirectory(Path.Combine(directory, name));
        long bytes = 0;
        await Parallel.ForAsync(0, dataset.Count, async (index, cancellationToken) =>
        {
            DatasetFile file = dataset[index];
            string path = Path.Combine(directory, file.Name);
            await File.WriteAllBytesAsync(path, file.Bytes, cancellationToken);
            File.SetLastWriteTimeUtc(path, file.LastModified.UtcDateTime);
            Interlocked.Add(ref bytes, file.Bytes.Length);
        });
        await Console.Out.WriteLineAsync($"{dataset.Classes.Count} classes, {dataset.Count} images, {bytes} bytes");
        return 0;
    }
}
