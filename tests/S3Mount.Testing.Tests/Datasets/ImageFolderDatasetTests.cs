using System.Globalization;
using System.Security.Cryptography;
using S3Mount.Testing.Datasets;
using S3Mount.Testing.Processes;

namespace S3Mount.Testing.Tests.Datasets;

public sealed class ImageFolderDatasetTests
{
    [Test]
    public void The_same_arguments_give_the_same_files()
    {
        string first = Digest(new ImageFolderDataset(3, 20));
        Assert.That(Digest(new ImageFolderDataset(3, 20)), Is.EqualTo(first));
        Assert.That(Digest(new ImageFolderDataset(3, 20, seed: 2)), Is.Not.EqualTo(first));
    }

    [Test]
    public void Names_are_those_of_an_image_folder()
    {
        var dataset = new ImageFolderDataset(10, 105);
        DatasetFile[] files = dataset.ToArray();
        Assert.That(dataset.Classes[0], Is.EqualTo("n01440764"));
        Assert.That(dataset.Classes, Is.Ordered.Using<string>(string.CompareOrdinal).And.Unique);
        Assert.That(files.Select(file => file.Name), Is.Unique.And.All.Match("^(n[0-9]{8})/\\1_[0-9]+\\.JPEG$"));
        Assert.That(files.GroupBy(file => file.Name[..9]).Select(group => group.Count()), Is.EqualTo([11, 11, 11, 11, 11, 10, 10, 10, 10, 10]));
    }

    [Test, CancelAfter(60_000)]
    public async Task Another_decoder_reads_every_picture_and_tells_the_classes_apart(CancellationToken cancellationToken)
    {
        using var directory = new TempDirectory();
        DatasetFile[] files = new ImageFolderDataset(6, 60).ToArray();
        foreach (DatasetFile file in files)
        {
            Directory.CreateDirectory(Path.GetDirectoryName(directory[file.Name])!);
            await File.WriteAllBytesAsync(directory[file.Name], file.Bytes, cancellationToken);
        }
        ChildResult result = await Python.RunAsync("decode_jpegs.py", ["PIL"], [directory.Path], cancellationToken);
        string[][] lines = [.. result.EnsureSuccess().OutputLines.Select(line => line.Split(' '))];
        Assert.That(lines.Select(words => words[0]), Is.EquivalentTo(files.Select(file => file.Name)));
        Assert.That(lines.SelectMany(words => words[2..4]).Select(Number), Is.All.InRange(64, 500));
        Assert.That(lines.Select(words => words[2] + words[3]).Distinct().Count(), Is.GreaterThan(20));

        // What a class has in common is its colour; brightness differs from picture to picture.
        (double, double)[] colours = [.. lines.GroupBy(words => words[0][..9]).Select(group => (Mean(group, 4) - Mean(group, 5), Mean(group, 6) - Mean(group, 5)))];
        for (int i = 0; i < colours.Length; i++)
        {
            for (int j = 0; j < i; j++)
                Assert.That(Math.Abs(colours[i].Item1 - colours[j].Item1) + Math.Abs(colours[i].Item2 - colours[j].Item2), Is.GreaterThan(15));
        }
    }

    private static int Number(string word) => int.Parse(word, CultureInfo.InvariantCulture);

    private static double Mean(IEnumerable<string[]> lines, int column) => lines.Average(words => Number(words[column]));

    private static string Digest(ImageFolderDataset dataset)
    {
        using var digest = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (DatasetFile file in dataset.ToArray())
        {
            digest.AppendData(System.Text.Encoding.UTF8.GetBytes($"{file.Name} {file.LastModified:O}"));
            digest.AppendData(file.Bytes);
        }
        return Convert.ToHexString(digest.GetHashAndReset());
    }
}
