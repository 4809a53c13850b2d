using System.Text;
using S3Mount.CommandLine;
using S3Mount.Configuration;
using S3Mount.Configuration.Layers;
using S3Mount.Testing;
using S3Mount.Testing.Processes;
using S3Mount.Tests.CommandLine;

namespace S3Mount.Tests.Configuration.Layers;

/// <summary>What stands in the file of <c>--config</c>.</summary>
[TestFixture]
public sealed class ConfigurationFileTests
{
    private static readonly Dictionary<string, string> _nothing = [];

    private TempDirectory _directory = null!;

    [SetUp]
    public void Make_a_directory() => _directory = new TempDirectory("s3mount-config");

    [TearDown]
    public void Remove_it() => _directory.Dispose();

    private static IEnumerable<TestCaseData> Wrong()
    {
        yield return Case("bucket: b\nmetadata-ttl: soon", "f.yaml:2: metadata-ttl: 'soon' is not a duration; write 90s, 10m, 1h or indefinite");
        yield return Case("# a comment\n\nmetadata_ttl: soon", "f.yaml:3: metadata_ttl: 'soon' is not a duration; write 90s, 10m, 1h or indefinite");
        yield return Case("metadata_tll: 5m", "f.yaml:1: unknown key 'metadata_tll'; did you mean metadata-ttl?");
        yield return Case("Region: eu-west-1", "f.yaml:1: unknown key 'Region'; did you mean region?");
        yield return Case("config: other.yaml", "f.yaml:1: unknown key 'config'; see s3mount help mount");
        yield return Case("options: ro", "f.yaml:1: unknown key 'options'; see s3mount help mount");
        yield return Case("aws_secret_access_key: hidden", "f.yaml:1: unknown key 'aws_secret_access_key'; see s3mount help mount");
        yield return Case("memory: 1G\nregion: r\nmemory: 2G", "f.yaml:3: memory is there twice, first in line 1");
        yield return Case("file-mode: 0440\nfile_mode: 0400", "f.yaml:2: file_mode is there twice, first in line 1");
        yield return Case("memory: [1G, 2G]", "f.yaml:1: memory: it has one value, not a list; write memory: SIZE");
        yield return Case("memory:\n- 1G", "f.yaml:1: memory: it has one value, not a list; write memory: SIZE");
        yield return Case("memory: {size: 1G}", "f.yaml:1: memory: it has one value, not further keys; write memory: SIZE");
        yield return Case("memory:", "f.yaml:1: memory: there is no value; write memory: SIZE, or leave the line out");
        yield return Case("allow-other: ~", "f.yaml:1: allow-other: there is no value; write allow-other: true, or leave the line out");
        yield return Case("allow-other: 2", "f.yaml:1: allow-other: '2' is neither true nor false");
        yield return Case("prefix: |\n  a\n", "f.yaml:1: prefix: write the value behind the key, in the same line");
        yield return Case("region: &r eu\nprofile: p", "f.yaml:1: region: anchors and tags are not understood; write the value alone, in quotes if it begins with & or !");
        yield return Case("region: !env REGION", "f.yaml:1: region: anchors and tags are not understood; write the value alone, in quotes if it begins with & or !");
        yield return Case("prefix: *all", "f.yaml:1: prefix: aliases are not followed; write the value, in quotes if it begins with *");
        yield return Case("? [a, b]\n: c", "f.yaml:1: a key is one word, as in bucket: my-datasets");
        yield return Case("", "f.yaml:1: there is nothing in it; write for example bucket: my-datasets");
        yield return Case("# nothing\n---\n", "f.yaml:1: there is nothing in it; write for example bucket: my-datasets");
        yield return Case("- bucket: b", "f.yaml:1: there is something else where lines such as bucket: my-datasets are due");
        yield return Case("\n\nbucket", "f.yaml:3: there is something else where lines such as bucket: my-datasets are due");
        yield return Case("region: r\n---\nregion: s", "f.yaml:2: a second document begins; a file has one");
        yield return Case("region: r\n\tmemory: 1G", "f.yaml:2: a tab indents this line; YAML wants spaces, and these keys no indent at all");
        yield return Case("region: r\0", "f.yaml:1: there is a control character (U+0000); remove it");
        yield return Case("region: r\nprofile: \u001b[2J", "f.yaml:2: there is a control character (U+001B); remove it");
        yield return Case("region: 'r\nmemory: 1G", "f.yaml:1: this is not YAML: while scanning a quoted scalar, found unexpected end of stream");
        yield return Case("region: r\nmemory 1G\nprofile: p", "f.yaml:2: this is not YAML: while parsing a block mapping, did not find expected key");
        yield return Case("region: r\n  memory: 1G", "f.yaml:2: this is not YAML: while scanning a plain scalar value, found invalid mapping");
        yield return Case("prefix: @daily", "f.yaml:1: this is not YAML: while scanning for the next token, found character that cannot start any token");
        yield return Case("region: r\nprefix: \"\\UFFFFFFFF\"", "f.yaml:2: this, or what follows, is not YAML; put values with special letters in single quotes");
        yield return Case("region: r\n: \n !!]", "f.yaml:1: this, or what follows, is not YAML; put values with special letters in single quotes");
        yield return Case(" : a", "f.yaml:2: this is not YAML: a key or its value is missing");
        yield return Case("? {\np", "f.yaml:1: this, or what follows, is not YAML; put values with special letters in single quotes");
        yield return Case("region: " + new string('[', 100_000), "f.yaml:1: this is nested too deep; only datasets have keys below theirs, and these have plain values (1 more: s3mount config check f.yaml)");
        yield return Case("region: \"a\\nb\"", "f.yaml:1: region: 'a?b' is not a name; write one word");
        yield return Case("cache: ~/cache", "f.yaml:1: cache: ~ is not understood in a file; write the whole path");
        yield return Case("log-file: ''", "f.yaml:1: log-file: the name is empty");
        yield return Case("hydrate: true", "f.yaml:1: hydrate needs a place to bring everything to: cache: DIR");
        yield return Case("allow-other: true\nallow_root: true", "f.yaml:1: allow-other and f.yaml:2: allow_root exclude each other; leave one out");
        yield return Case("bucket: https://b.s3.amazonaws.com", "f.yaml:1: bucket: 'https://b.s3.amazonaws.com' is not a bucket; write BUCKET[/PREFIX], and name a server with --endpoint-url");
        yield return Case("bucket: /mnt", "f.yaml:1: bucket: '/mnt' is a directory, not a bucket; write s3mount BUCKET[/PREFIX] MOUNTPOINT [options]");
        yield return Case("bucket: b/p\nprefix: q", "f.yaml:1: bucket: the prefix is given twice: 'b/p' and f.yaml:2: prefix; leave one out");
        yield return Case("metadata-ttl: soon\nmemory: much\nnope: 1", "f.yaml:3: unknown key 'nope'; see s3mount help mount");
        yield return Case("nope: 1\nuid: []\nmemory: ", "f.yaml:1: unknown key 'nope'; see s3mount help mount (2 more: s3mount config check f.yaml)");

        static TestCaseData Case(string text, string error) => new TestCaseData(text, error).SetArgDisplayNames(text.Length > 60 ? text[..60] : text);
    }

    [TestCaseSource(nameof(Wrong))]
    public void A_wrong_file_is_told_in_one_line_with_its_place(string text, string error)
    {
        string file = _directory.Write("f.yaml", text);
        string[] positions = text.StartsWith("bucket:", StringComparison.Ordinal) ? ["/mnt"] : ["b", "/mnt"];
        string message = Assert.Throws<UsageException>(() => Settings.ReadWith(_nothing, [.. positions, "--config", file]))!.Message;
        Assert.That(message.Replace(_directory.Path + "/", "", StringComparison.Ordinal), Is.EqualTo(error));
    }

    [Test]
    public void What_is_wrong_between_layers_names_both()
    {
        string file = _directory.Write("f.yaml", "snapshot: train.snap\nallow-other: true");
        Assert.That(Error("--metadata-ttl", "1h"), Is.EqualTo($"{file}:1: snapshot shows the same keys and versions for ever: leave out --metadata-ttl and --negative-metadata-ttl"));
        Assert.That(Error("--allow-root"), Is.EqualTo($"{file}:2: allow-other and --allow-root exclude each other; leave one out"));
        Assert.That(() => Settings.ReadWith(new Dictionary<string, string> { ["S3MOUNT_HYDRATE"] = "1" }, "b", "/mnt"),
            Throws.TypeOf<UsageException>().With.Message.EqualTo("S3MOUNT_HYDRATE needs a place to bring everything to: S3MOUNT_CACHE=DIR"));
        Assert.That(() => Settings.ReadWith(new Dictionary<string, string> { ["S3MOUNT_METADATA_TTL"] = "soon" }, "b", "/mnt"),
            Throws.TypeOf<UsageException>().With.Message.EqualTo("S3MOUNT_METADATA_TTL: 'soon' is not a duration; write 90s, 10m, 1h or indefinite"));

        string Error(params string[] options) => Assert.Throws<UsageException>(() => Settings.ReadWith(_nothing, ["b", "/mnt", "--config", file, .. options]))!.Message;
    }

    [Test]
    public void A_missing_bucket_or_mountpoint_says_where_to_write_it()
    {
        string file = _directory.Write("f.yaml", "region: r");
        Assert.That(() => Settings.ReadWith(_nothing, ["/mnt", "--config", file]), Throws.TypeOf<UsageException>().With.Message.EqualTo($"the bucket is missing; write bucket: BUCKET[/PREFIX] into {file}, or datasets: and below it a line NAME: BUCKET[/PREFIX] for each"));
        Assert.That(() => Settings.ReadWith(_nothing, ["b", "--config", file]), Throws.TypeOf<UsageException>().With.Message.EqualTo(
            $"the mountpoint is missing; write mountpoint: DIR into {file}, or s3mount --config FILE [MOUNTPOINT] [options]"));
    }

    [Test]
    public void Relative_paths_belong_to_the_directory_of_the_file()
    {
        _directory.CreateDirectory("etc");
        _directory.CreateDirectory("elsewhere");
        string pem = _directory.Write("etc/store.pem", "");
        string file = _directory.Write("etc/f.yaml", "bucket: b\nmountpoint: ../mnt\ncache: cache\nlog-file: ./log\nsnapshot: /abs/x.snap\nca-bundle: store.pem\n");
        MountSettings settings = Settings.ReadWith(_nothing, ["--config", file]);
        Assert.That((settings.Mountpoint, settings.Cache, settings.LogFile, settings.Snapshot, settings.CaBundle),
            Is.EqualTo((_directory["etc/../mnt"], _directory["etc/cache"], _directory["etc/log"], "/abs/x.snap", pem)));
        string relative = Path.GetRelativePath(Environment.CurrentDirectory, file);
        Assert.That(Settings.ReadWith(_nothing, ["--config", relative]), Is.EqualTo(settings));
        // As Kubernetes shows a file of a ConfigMap: the directory of the name counts.
        File.CreateSymbolicLink(_directory["elsewhere/f.yaml"], file);
        File.CreateSymbolicLink(_directory["elsewhere/store.pem"], pem);
        Assert.That(Settings.ReadWith(_nothing, "--config", _directory["elsewhere/f.yaml"]).Cache, Is.EqualTo(_directory["elsewhere/cache"]));
    }

    [Test]
    public void Values_are_taken_as_they_are_written()
    {
        string file = _directory.Write("f.yaml", "\ufeff%YAML 1.2\n---\nbucket: \"my-bucket\"  # quoted\r\n'prefix': 'it''s #1: a, b'\nfile-mode: 0440\ndir_mode: '550'\nallow-other: Yes\nhydrate: \"false\"\nio-deadline: 0\n...\n");
        MountSettings settings = Settings.ReadWith(_nothing, ["/mnt", "--config", file]);
        Assert.That((settings.Bucket, settings.Prefix, settings.FileMode, settings.DirMode, settings.AllowOther, settings.Hydrate, settings.IoDeadline),
            Is.EqualTo(("my-bucket", "it's #1: a, b/", Convert.ToUInt32("440", 8), Convert.ToUInt32("550", 8), true, false, Timeout.InfiniteTimeSpan)));
    }

    [Test]
    public async Task What_cannot_be_read_is_told_and_nobody_waits_for_it()
    {
        Assert.That(Error(_directory["none.yaml"]), Is.EqualTo("cannot be read: No such file or directory"));
        Assert.That(Error(_directory.Path), Does.StartWith("cannot be read: "));
        (await ChildProcess.RunAsync("mkfifo", [_directory["pipe"]])).EnsureSuccess();
        Assert.That(Error(_directory["pipe"]), Is.EqualTo("cannot be read: it is a pipe or a device, and would have to be read twice; write a file"));
        using (FileStream sparse = File.Create(_directory["large"]))
            sparse.SetLength(1L << 30);
        long before = GC.GetAllocatedBytesForCurrentThread();
        Assert.That(Error(_directory["large"]), Is.EqualTo("cannot be read: it has more than 256 KiB, and so is no configuration"));
        Assert.That(GC.GetAllocatedBytesForCurrentThread() - before, Is.LessThan(2 << 20));
        Assert.That(() => Settings.ReadWith(new Dictionary<string, string> { ["S3MOUNT_CONFIG"] = "/nowhere" }, "b", "/mnt"),
            Throws.TypeOf<UsageException>().With.Message.EqualTo("S3MOUNT_CONFIG: /nowhere cannot be read: No such file or directory"));

        static string Error(string file)
        {
            string message = Assert.Throws<UsageException>(() => Settings.ReadWith(_nothing, ["b", "/mnt", "--config", file]))!.Message;
            Assert.That(message, Does.StartWith($"--config: {file} "));
            return message[$"--config: {file} ".Length..];
        }
    }

    [TestCase("bucket: b\nregion: \xe9", "f.yaml:2: this is not UTF-8; save the file in that encoding")]
    [TestCase("\xff\xfeb\0", "f.yaml:1: this is not UTF-8; save the file in that encoding")]
    public void Another_encoding_is_told(string latin, string error)
    {
        File.WriteAllBytes(_directory["f.yaml"], Encoding.Latin1.GetBytes(latin));
        string message = Assert.Throws<UsageException>(() => Settings.ReadWith(_nothing, "/mnt", "--config", _directory["f.yaml"]))!.Message;
        Assert.That(message, Is.EqualTo($"{_directory.Path}/{error}"));
    }

    [Test]
    public void A_long_value_leaves_a_line_that_can_be_read()
    {
        string file = _directory.Write("f.yaml", "metadata-ttl: " + new string('x', 200_000));
        string message = Assert.Throws<UsageException>(() => Settings.ReadWith(_nothing, "b", "/mnt", "--config", file))!.Message;
        Assert.That(message, Does.StartWith($"{file}:1: metadata-ttl: 'xxx").And.EndWith("xxx' is not a duration; write 90s, 10m, 1h or indefinite"));
        Assert.That(message, Has.Length.LessThan(1000));
    }

    /// <summary>The scanner's work may grow faster than what it is given.</summary>
    [TestCase("region: ", "[")]
    [TestCase("region: ", "{")]
    [TestCase("region:\n ", "- ")]
    [TestCase("region: {", "b: c, ")]
    [TestCase("", "? ")]
    [TestCase("", "a:\n")]
    [TestCase("region: \"", "x\n\n")]
    [TestCase("region:\n", "- - a: b\n")]
    [TestCase("", "%TAG ! x\n")]
    [CancelAfter(30_000)]
    public async Task What_is_hostile_and_large_is_read_in_a_moment(string beginning, string again, CancellationToken cancellationToken)
    {
        string text = beginning + string.Concat(Enumerable.Repeat(again, ((256 * 1024) - beginning.Length) / again.Length));
        List<string> problems = await Task.Run(() => ConfigurationFile.Parse("f.yaml", Encoding.UTF8.GetBytes(text)).Problems, cancellationToken).WaitAsync(cancellationToken);
        Assert.That(problems, Is.Not.Empty.And.All.StartsWith("f.yaml:"));
        Assert.That(problems, Has.Count.LessThanOrEqualTo(20));
    }

    [Test]
    public void A_file_at_the_bound_is_read_in_a_moment()
    {
        string line = "# " + new string('x', 77) + "\n";
        string file = _directory.Write("f.yaml", "region: r\n" + string.Concat(Enumerable.Repeat(line, (256 * 1024 / line.Length) - 1)));
        Assert.That(Settings.ReadWith(_nothing, ["b", "/mnt", "--config", file]).Region, Is.EqualTo("r"));
    }
}
