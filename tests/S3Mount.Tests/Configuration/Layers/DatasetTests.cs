using System.Globalization;
using System.Text;
using System.Text.Json;
using S3Mount.CommandLine;
using S3Mount.Configuration;
using S3Mount.Configuration.Layers;
using S3Mount.Configuration.Reporting;
using S3Mount.Testing;
using S3Mount.Tests.CommandLine;

namespace S3Mount.Tests.Configuration.Layers;

/// <summary>Several datasets in one file: what each is, what holds for all of them, and what is wrong.</summary>
[TestFixture]
public sealed class DatasetTests
{
    private const string Three = """
        mountpoint: /datasets
        metadata-ttl: 10m
        region: eu-west-1
        datasets:
          imagenet: my-datasets/imagenet
          laion:
            bucket: s3://laion/shards
            region: us-west-2
            no_sign_request: true
            metadata-ttl: 1h
          pinned:
            bucket: pins
            snapshot: pins.snap
        """;

    private static readonly Dictionary<string, string> _nothing = [];

    private TempDirectory _directory = null!;

    [SetUp]
    public void Make_a_directory() => _directory = new TempDirectory("s3mount-datasets");

    [TearDown]
    public void Remove_it() => _directory.Dispose();

    private static IEnumerable<TestCaseData> Wrong()
    {
        yield return Case("datasets:", "f.yaml:1: datasets: names are missing; write below it a line for each, such as imagenet: my-datasets/imagenet, further in than datasets");
        yield return Case("datasets: {}", "f.yaml:1: datasets: names are missing; write below it a line for each, such as imagenet: my-datasets/imagenet, further in than datasets");
        yield return Case("datasets: [a]", "f.yaml:1: datasets: names are missing; write below it a line for each, such as imagenet: my-datasets/imagenet, further in than datasets");
        yield return Case("datasets:\n  a: b\ndatasets:\n  c: d", "f.yaml:3: datasets is there twice, first in line 1");
        yield return Case("dataset:\n  a: b", "f.yaml:1: unknown key 'dataset'; did you mean datasets?");
        yield return Case("datasets:\n  a: b\n  a: c", "f.yaml:3: dataset a is there twice, first in line 2");
        yield return Case("datasets:\n  a/b: c", "f.yaml:2: dataset 'a/b': the name of a directory has no slash in it; each dataset is a directory right below the mountpoint");
        yield return Case("datasets:\n  ..: c", "f.yaml:2: dataset '..': no directory can have this name");
        yield return Case("datasets:\n  '': c", "f.yaml:2: dataset '': the name is empty");
        yield return Case("datasets:\n  \"a\\nb\": c", "f.yaml:2: dataset 'a?b': the name has control characters in it");
        yield return Case($"datasets:\n  {new string('ü', 128)}: c", $"f.yaml:2: dataset '{new string('ü', 64)}...': the name is longer than 255 bytes");
        yield return Case("datasets:\n  a:", "f.yaml:2: dataset a: write a: BUCKET[/PREFIX], or below it bucket: BUCKET[/PREFIX] and what else holds for it");
        yield return Case("datasets:\n  a:\n    region: r", "f.yaml:2: dataset a: its bucket is missing; write bucket: BUCKET[/PREFIX] below it");
        yield return Case("datasets:\n  a:\n    bucket: b\n    memory: 1G", "f.yaml:4: memory holds for the whole mount, not for one dataset; write it at the beginning of a line");
        yield return Case("datasets:\n  a:\n    bucket: b\n    regoin: r", "f.yaml:4: unknown key 'regoin'; did you mean region?");
        yield return Case("datasets:\n  a:\n    bucket: b\n    region: 'a b'", "f.yaml:4: region: 'a b' is not a name; write one word");
        yield return Case("datasets:\n  a: https://b.s3.amazonaws.com", "f.yaml:2: a: 'https://b.s3.amazonaws.com' is not a bucket; write BUCKET[/PREFIX], and name a server with --endpoint-url");
        yield return Case("datasets:\n  a:\n    bucket: b\n    hydrate: true", "f.yaml:4: hydrate needs a place to bring everything to: cache: DIR");
        yield return Case("datasets:\n  a:\n    bucket: b\n    snapshot: s\n    metadata-ttl: 1h", "f.yaml:4: snapshot shows the same keys and versions for ever: leave out f.yaml:5: metadata-ttl and --negative-metadata-ttl");
        yield return Case("datasets:\n  a: b\nprefix: p", "f.yaml:3: prefix: this mount shows several datasets; leave it out, or write it below the dataset that it is meant for");
        yield return Case("datasets:\n  a: b\nsnapshot: s", "f.yaml:3: snapshot: this mount shows several datasets; leave it out, or write it below the dataset that it is meant for");
        yield return Case("datasets:\n" + string.Concat(Enumerable.Range(0, 257).Select(i => $"  d{i}: b\n")), "f.yaml:1: datasets: 257 of them are too many; a mount has 256 at most");
        yield return Case("datasets:\n  a: {b: {c: {d: {e: {f: {g: {h: {i: {j: {k: {l: {m: {n: {o: {p: {q: r}}}}}}}}}}}}}}}}", "f.yaml:2: this is nested too deep; only datasets have keys below theirs, and these have plain values");

        static TestCaseData Case(string text, string error) => new TestCaseData(text, error).SetArgDisplayNames(text.Length > 60 ? text[..60] : text);
    }

    [TestCaseSource(nameof(Wrong))]
    public void What_is_wrong_is_told_with_its_place(string text, string error)
    {
        string file = _directory.Write("f.yaml", text);
        string message = Assert.Throws<UsageException>(() => Settings.ReadWith(_nothing, ["/mnt", "--config", file]))!.Message;
        message = message.Replace(_directory.Path + "/", "", StringComparison.Ordinal);
        Assert.That(message.Contains(" more: s3mount config check", StringComparison.Ordinal) ? message[..message.IndexOf(" (", StringComparison.Ordinal)] : message, Is.EqualTo(error));
    }

    [Test]
    public void What_a_dataset_says_is_nearer_than_what_holds_for_all()
    {
        string file = _directory.Write("f.yaml", Three);
        MountSettings settings = Settings.ReadWith(new Dictionary<string, string> { ["S3MOUNT_PROFILE"] = "training" }, "--config", file, "--region", "ap-south-1", "--memory", "1GiB");
        Assert.That((settings.Mountpoint, settings.Url, settings.Bucket, settings.ToMountOptions().Source), Is.EqualTo(("/datasets", file, "", "s3mount#f.yaml")));
        Assert.That(settings.Datasets.Select(dataset => (dataset.Name, dataset.Settings.Url, dataset.Settings.Region, dataset.Settings.NoSignRequest)), Is.EqualTo(new[]
        {
            ("imagenet", "s3://my-datasets/imagenet/", "ap-south-1", false),
            ("laion", "s3://laion/shards/", "us-west-2", true),
            ("pinned", "s3://pins/", "ap-south-1", false),
        }));
        Assert.That(settings.Datasets.Select(dataset => dataset.Settings.MetadataTtl), Is.EqualTo((TimeSpan[])[TimeSpan.FromMinutes(10), TimeSpan.FromHours(1), TimeSpan.FromSeconds(60)]));
        Assert.That(settings.Datasets.Select(dataset => dataset.Settings.Snapshot), Is.EqualTo((string?[])[null, null, _directory["pins.snap"]]), "a snapshot is for ever, whatever the others are");
        Assert.That(settings.Datasets.Select(dataset => (dataset.Settings.Profile, dataset.Settings.Memory)), Is.All.EqualTo(("training", 1L << 30)));
    }

    [TestCase("b", "/mnt")]
    [TestCase("s3://b")]
    [TestCase("--prefix", "p")]
    [TestCase("--snapshot", "s")]
    public void A_bucket_beside_datasets_is_refused(params string[] given)
    {
        string file = _directory.Write("f.yaml", Three);
        string message = Assert.Throws<UsageException>(() => Settings.ReadWith(_nothing, ["--config", file, .. given]))!.Message;
        Assert.That(message, Does.Contain("this mount shows several datasets"));
    }

    [TestCase("/mnt", "/mnt")]
    [TestCase("./mnt", "mnt")]
    [TestCase("mnt", "mnt")]
    public void A_single_argument_is_the_mountpoint(string given, string meant)
    {
        string file = _directory.Write("f.yaml", "datasets:\n  a: b\n");
        Assert.That(Path.GetFullPath(Settings.ReadWith(_nothing, ["--config", file, given]).Mountpoint), Is.EqualTo(Path.GetFullPath(meant)));
    }

    [Test]
    public void A_line_of_fstab_may_name_the_file_in_place_of_a_bucket()
    {
        string file = _directory.Write("f.yaml", Three);
        string[] arguments = MountHelper.Parse([file, "/mnt/all", "-o", "rw,_netdev,allow_other,region=us-east-2"]).Arguments;
        MountSettings settings = Settings.ReadWith(_nothing, arguments);
        Assert.That((settings.Mountpoint, settings.AllowOther, settings.ToMountOptions().Source), Is.EqualTo(("/mnt/all", true, file)), "mount -a looks for the source that fstab has");
        Assert.That(settings.Datasets.Select(dataset => dataset.Settings.Region), Is.EqualTo((string[])["us-east-2", "us-west-2", "us-east-2"]));
    }

    [Test]
    public void What_is_shown_can_be_mounted_and_is_the_same()
    {
        string file = _directory.Write("f.yaml", Three);
        MountCommand command = MountCommand.Parse(["--config", file, "--region", "ap-south-1"], values => LowerLayers.AddTo(values, _ => null));
        MountSettings settings = SettingsReader.Read(command, Settings.Machine);
        string text = ReportText.Yaml(SettingsReport.Of(settings, command.Options, 8L << 30), SettingsReport.OfDatasets(settings, command.Options), []);
        Assert.That(text, Does.Contain("  laion:\n    bucket: laion").And.Match($" +region: us-west-2 +# {file}:8\n").And.Match(" +region: ap-south-1 +# command line\n").And.Not.Contain("\nbucket:"));
        MountSettings again = Settings.ReadWith(_nothing, "--config", _directory.Write("shown.yaml", text));
        Assert.That(again.Datasets.Count, Is.EqualTo(3));
        Assert.That(again.Datasets.Zip(settings.Datasets).All(pair => pair.First.IsSameAs(pair.Second)), text);
        Assert.That(again with { Datasets = [], ConfigurationFile = null }, Is.EqualTo(settings with { Datasets = [], ConfigurationFile = null }));
        using var json = JsonDocument.Parse(ReportText.Json(SettingsReport.Of(settings, command.Options, 8L << 30), SettingsReport.OfDatasets(settings, command.Options), []));
        JsonElement laion = json.RootElement.GetProperty("datasets").GetProperty("laion");
        Assert.That((laion.GetProperty("region").GetProperty("value").GetString(), laion.GetProperty("region").GetProperty("from").GetString()), Is.EqualTo(("us-west-2", $"{file}:8")));
        Assert.That(laion.GetProperty("no-sign-request").GetProperty("value").GetBoolean(), Is.True);
    }

    private static IEnumerable<OptionDefinition> OfDatasets => MountOptions.OfDatasets;

    [TestCaseSource(nameof(OfDatasets))]
    public void Every_option_of_a_dataset_makes_it_another(object key)
    {
        var option = (OptionDefinition)key;
        string sample = OptionSamples.Of(option);
        string more = option == MountOptions.Bucket ? "" : $"    {option.Name}: {YamlText.Of(sample)}\n";
        string bucket = option == MountOptions.Bucket ? sample : "plain";
        string cache = $"cache: {_directory["cache"]}\n";
        DatasetSettings before = Settings.ReadWith(_nothing, ["/mnt", "--config", _directory.Write("f.yaml", $"{cache}datasets:\n  a: plain\n")]).Datasets[0];
        DatasetSettings after = Settings.ReadWith(_nothing, ["/mnt", "--config", _directory.Write("f.yaml", $"{cache}datasets:\n  a:\n    bucket: {bucket}\n{more}")]).Datasets[0];
        Assert.That((before.IsSameAs(before), after.IsSameAs(after), before.IsSameAs(after)), Is.EqualTo((true, true, false)));
        DatasetSettings moreMemory = Settings.ReadWith(_nothing, ["/mnt", "--config", _directory.Write("f.yaml", $"{cache}memory: 1GiB\nallow-other: true\ndatasets:\n  a: plain\n")]).Datasets[0];
        Assert.That(before.IsSameAs(moreMemory), Is.True, "what holds for the mount makes no dataset another");
    }

    [Test]
    public void Another_file_below_replaces_the_first_and_nothing_above()
    {
        OptionValues values = MountCommand.Parse(
            ["/mnt", "--config", _directory.Write("f.yaml", "region: one\nprofile: one\ndatasets:\n  a: b\n"), "--region", "above"], values => LowerLayers.AddTo(values, name => name == "S3MOUNT_IO_DEADLINE" ? "7m" : null)).Options;
        OptionValues anew = values.WithFile(ConfigurationFile.Read(_directory.Write("f.yaml", "region: two\nmemory: 1G\ndatasets:\n  c: d\n"), "--config"));
        Assert.That((anew.Text(MountOptions.Region), anew.Text(MountOptions.Profile), anew.Text(MountOptions.Memory), anew.Text(MountOptions.IoDeadline)), Is.EqualTo(("above", (string?)null, "1G", "7m")));
        Assert.That((anew.Datasets.Single().Name, values.Datasets.Single().Name, values.Text(MountOptions.Profile)), Is.EqualTo(("c", "a", "one")));
    }

    [Test]
    public void As_many_as_there_may_be_are_read()
    {
        var text = new StringBuilder("datasets:\n");
        for (int i = 0; i < DatasetReader.Most; i++)
            text.Append(CultureInfo.InvariantCulture, $"  d{i}: bucket{i}/p\n");
        MountSettings settings = Settings.ReadWith(_nothing, ["/mnt", "--config", _directory.Write("f.yaml", text.ToString())]);
        Assert.That(settings.Datasets.Select(dataset => dataset.Settings.Url), Is.EqualTo(Enumerable.Range(0, DatasetReader.Most).Select(i => $"s3://bucket{i}/p/")));
    }
}
