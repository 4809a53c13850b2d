using System.Text;
using System.Text.Json;
using S3Mount.CommandLine;
using S3Mount.Configuration;
using S3Mount.Configuration.Layers;
using S3Mount.Configuration.Reporting;
using S3Mount.Testing;
using S3Mount.Tests.CommandLine;
using S3Mount.Tests.Configuration.Layers;

namespace S3Mount.Tests.Configuration.Reporting;

/// <summary>What <c>config show</c> prints is what a mount would do, and says where each value came from.</summary>
[TestFixture]
public sealed class SettingsReportTests
{
    private TempDirectory _directory = null!;

    [SetUp]
    public void Make_a_directory() => _directory = new TempDirectory("s3mount-report");

    [TearDown]
    public void Remove_it() => _directory.Dispose();

    private static IEnumerable<OptionDefinition> Keys => MountOptions.Keys;

    [TestCaseSource(nameof(Keys))]
    public void What_is_shown_can_be_mounted_and_is_the_same(object key)
    {
        var option = (OptionDefinition)key;
        string[] positions = option == MountOptions.Bucket ? [OptionSamples.Of(option), "/mnt"] : option == MountOptions.Mountpoint ? ["b", OptionSamples.Of(option)] : ["b", "/mnt"];
        string[] given = positions.Contains(OptionSamples.Of(option)) ? [] : [option.IsFlag ? option.LongName : $"{option.LongName}={OptionSamples.Of(option)}"];
        string[] companions = [.. OptionSamples.Companions(option).Select(companion => $"{companion.Option.LongName}={companion.Text}")];
        MountCommand command = MountCommand.Parse([.. positions, .. given, .. companions]);
        MountSettings settings = SettingsReader.Read(command, Settings.Machine);
        IReadOnlyList<ReportLine> lines = SettingsReport.Of(settings, command.Options, 8L << 30);
        Assert.That(lines.Single(line => line.Option == option), Has.Property("From").EqualTo("command line").And.Property("Value").Not.Null);
        string file = _directory.Write("shown.yaml", ReportText.Yaml(lines, [], []));
        Assert.That(Settings.ReadWith(new Dictionary<string, string>(), "--config", file), Is.EqualTo(settings));
    }

    [Test]
    public void Every_value_says_where_it_came_from()
    {
        string file = _directory.Write("f.yaml", "bucket: s3://b/train\nmemory: 1024MiB\nallow-other: false\nregion: eu-west-1\n");
        MountCommand command = MountCommand.Parse(
            ["--config", file, "/mnt", "-o", "max_connections=5,allow_root", "--metadata-ttl", "120"],
            values => LowerLayers.AddTo(values, name => name is "S3MOUNT_REGION" ? "eu-north-1" : null));
        string shown = ReportText.Yaml(SettingsReport.Of(SettingsReader.Read(command, Settings.Machine), command.Options, 8L << 30), [], ["a warning"]);
        Assert.That(string.Join('\n', shown.Replace(file, "f.yaml", StringComparison.Ordinal).Split('\n').Select(line => string.Join(' ', line.Split(' ', StringSplitOptions.RemoveEmptyEntries)))), Is.EqualTo("""
            bucket: b # f.yaml:1
            mountpoint: /mnt # command line
            prefix: train/ # f.yaml:1
            region: eu-north-1 # S3MOUNT_REGION
            # endpoint-url: not given (AWS_ENDPOINT_URL_S3, AWS_ENDPOINT_URL)
            # profile: not given (AWS_PROFILE)
            no-sign-request: false # default
            requester-pays: false # default
            force-path-style: false # default
            # ca-bundle: not given (AWS_CA_BUNDLE)
            max-connections: 5 # -o
            io-deadline: 5m # default
            metadata-ttl: 2m # command line
            negative-metadata-ttl: 5s # default
            # snapshot: not given
            # cache: not given (off)
            # max-cache-size: not given (all but a tenth of the disk)
            hydrate: false # default
            memory: 1GiB # f.yaml:2
            allow-other: false # f.yaml:3
            allow-root: true # -o
            uid: 1000 # default
            gid: 1001 # default
            file-mode: 0444 # default
            dir-mode: 0555 # default
            foreground: false # default
            log-level: info # default
            # log-file: not given (stderr with -f, syslog without)
            # metrics-listen: not given (off)
            # price-get: not given
            # price-list: not given
            # price-gb: not given
            # warning: a warning

            """));
    }

    [Test]
    public void Memory_is_what_is_counted_from_the_machine()
    {
        MountCommand command = MountCommand.Parse(["b", "/mnt"]);
        ReportLine line = SettingsReport.Of(SettingsReader.Read(command, Settings.Machine), command.Options, 8L << 30).Single(line => line.Option == MountOptions.Memory);
        Assert.That((line.Value, line.From), Is.EqualTo(("2GiB", "default: a quarter of the 8192 MiB that this process may use, at least 128 MiB")));
    }

    [Test]
    public void What_is_more_than_there_is_shows_what_is_used_and_a_warning()
    {
        MountCommand command = MountCommand.Parse(["b", "/mnt", "--memory", "99GiB"]);
        MountSettings settings = SettingsReader.Read(command, Settings.Machine);
        string shown = ReportText.Yaml(SettingsReport.Of(settings, command.Options, 8L << 30), [], settings.Warnings);
        Assert.That(shown, Does.Match("\nmemory: 8042MiB +# command line\n").And.Contain("\n# warning: --memory: 101376 MiB are more than"));
    }

    [Test]
    public void The_same_as_JSON()
    {
        MountCommand command = MountCommand.Parse(["b/\"quoted\"", "/mnt", "--allow-other"]);
        using var json = JsonDocument.Parse(ReportText.Json(SettingsReport.Of(SettingsReader.Read(command, Settings.Machine), command.Options, 8L << 30), [], ["a \"warning\""]));
        JsonElement options = json.RootElement.GetProperty("options");
        Assert.That(options.EnumerateObject().Select(option => option.Name), Is.EqualTo(MountOptions.Keys.Select(option => option.Name)));
        Assert.That(options.GetProperty("prefix").GetProperty("value").GetString(), Is.EqualTo("\"quoted\"/"));
        Assert.That(options.GetProperty("prefix").GetProperty("from").GetString(), Is.EqualTo("command line"));
        Assert.That(options.GetProperty("allow-other").GetProperty("value").GetBoolean(), Is.True);
        Assert.That(options.GetProperty("cache").GetProperty("value").ValueKind, Is.EqualTo(JsonValueKind.Null));
        Assert.That(json.RootElement.GetProperty("warnings")[0].GetString(), Is.EqualTo("a \"warning\""));
    }

    [Test]
    public void Whatever_the_text_it_is_read_back_as_it_was()
    {
        const string Letters = "ab1 '\"\\:#,-?&*!|>%@`{}[]~=/._\t\r\n\0\u001b\u0085\u00a0\u2028\u2029\ufeff\ufffeü漢\ud83d\ude00";
        var random = new Random(1);
        for (int i = 0; i < 20_000; i++)
        {
            string text = string.Concat(Enumerable.Range(0, random.Next(12)).Select(_ => Letters[random.Next(Letters.Length)]));
            Assert.That(IsReadBack(text), Is.True, $"round {i}");
        }
    }

    [TestCase("")]
    [TestCase("null")]
    [TestCase("~")]
    [TestCase("a: b #c")]
    [TestCase("it's")]
    [TestCase("- x")]
    [TestCase("a\nb\r\n\tc\u0085\u2028\u2029\ufeff\0\u001b")]
    [TestCase("back\\slash \"quoted\"\n")]
    [TestCase("two  spaces \n and ends ")]
    [TestCase("ü 漢 😀")]
    [TestCase("!tag &anchor *alias")]
    [TestCase("x:")]
    public void So_are_texts_that_mean_something_to_YAML(string text) => Assert.That(IsReadBack(text), Is.True);

    private static bool IsReadBack(string text)
    {
        // Half a surrogate pair is no text, and no key in a store has one.
        text = Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(text));
        var problems = new ConfigurationProblems("f");
        IReadOnlyList<YamlEntry> entries = YamlReader.Read($"key: {YamlText.Of(text)} # origin\nnext: 1\n", problems);
        Assert.That(problems.Lines, Is.Empty);
        return entries.Count == 2 && entries[0].Kind == YamlValueKind.Text && entries[0].Text == text && entries[1].Text == "1";
    }
}
