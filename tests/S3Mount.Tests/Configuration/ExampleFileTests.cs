using System.Runtime.CompilerServices;
using System.Text;
using S3Mount.CommandLine;
using S3Mount.Configuration;
using S3Mount.Configuration.Layers;
using S3Mount.Testing;
using S3Mount.Tests.CommandLine;

namespace S3Mount.Tests.Configuration;

/// <summary>packaging/examples/imagenet.yaml: it is right as it stands, and with each of its lines uncommented.</summary>
[TestFixture]
public sealed class ExampleFileTests
{
    private static readonly string _example = Path.Combine(Root(), "packaging/examples/imagenet.yaml");

    /// <summary>Prose begins with a space, what can be uncommented does not.</summary>
    private static IEnumerable<string> Commented() => File.ReadLines(_example).Where(line => line.Length > 1 && line[0] == '#' && line[1] != ' ').Select(line => line[1..]);

    [Test]
    public void It_is_fine_as_it_stands()
    {
        MountSettings settings = Read("");
        Assert.That((settings.Url, settings.Mountpoint), Is.EqualTo(("s3://my-datasets/imagenet/", "/mnt/imagenet")));
    }

    [Test]
    public void Every_option_has_its_line_and_its_explanation()
    {
        string[] keys = [.. Commented().Select(line => line.Split(':')[0]), "bucket", "mountpoint"];
        Assert.That(keys, Is.EquivalentTo(MountOptions.Keys.Select(option => option.Name)));
        string[] lines = File.ReadAllLines(_example);
        for (int i = 1; i < lines.Length; i++)
        {
            if (lines[i].Length > 0 && !lines[i].StartsWith("# ", StringComparison.Ordinal) && lines[i] != "#")
                Assert.That(lines[i - 1], Is.Not.Empty, $"line {i + 1} is explained above it");
        }
    }

    [Test]
    public void That_of_several_datasets_is_fine_and_names_every_option_that_a_dataset_may_have()
    {
        string example = Path.Combine(Root(), "packaging/examples/datasets.yaml");
        var file = ConfigurationFile.Parse(example, File.ReadAllBytes(example));
        MountSettings settings = SettingsReader.Read(new MountCommand("", file.Values.Text(MountOptions.Mountpoint)!, file.Values), Settings.Machine);
        Assert.That(file.Problems, Is.Empty);
        Assert.That(settings.Datasets.Select(dataset => dataset.Settings.Url), Is.EqualTo((string[])["s3://my-datasets/imagenet/", "s3://laion-shards/2b-en/", "s3://public-coco/"]));
        string text = File.ReadAllText(example);
        Assert.That(MountOptions.OfDatasets.Where(option => !text.Contains(option.Name, StringComparison.Ordinal)), Is.Empty);
    }

    [TestCaseSource(nameof(Commented))]
    public void Each_line_can_be_uncommented(string line)
    {
        MountSettings plain = Read("");
        // The one option that needs another.
        MountSettings settings = line.StartsWith("hydrate:", StringComparison.Ordinal) ? Read(line, Commented().Single(other => other.StartsWith("cache:", StringComparison.Ordinal)))
            : line.StartsWith("prefix:", StringComparison.Ordinal) ? Read("bucket: my-datasets", line) : Read(line);
        bool isDefault = line is "max-connections: 64" or "io-deadline: 5m" or "negative-metadata-ttl: 5s" or "file-mode: 0444" or "dir-mode: 0555" or "log-level: info" or "uid: 1000";
        Assert.That(settings, isDefault ? Is.EqualTo(plain) : Is.Not.EqualTo(plain));
    }

    private static MountSettings Read(params string[] uncommented)
    {
        using var directory = new TempDirectory("s3mount-example");
        directory.Write("store-ca.pem", "");
        string[] keys = [.. uncommented.Select(line => line.Split(':')[0])];
        string text = string.Join('\n', File.ReadLines(_example).Where(line => !keys.Contains(line.Split(':')[0])).Concat(uncommented));
        ConfigurationFile file = ConfigurationFile.Parse(directory["imagenet.yaml"], Encoding.UTF8.GetBytes(text));
        MountSettings settings = SettingsReader.Read(new MountCommand(file.Values.Text(MountOptions.Bucket)!, file.Values.Text(MountOptions.Mountpoint)!, file.Values), Settings.Machine);
        Assert.That(file.Problems, Is.Empty);
        return settings;
    }

    private static string Root([CallerFilePath] string file = "") => Path.GetFullPath(Path.Combine(Path.GetDirectoryName(file)!, "../../.."));
}
