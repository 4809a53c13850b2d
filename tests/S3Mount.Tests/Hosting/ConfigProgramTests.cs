using S3Mount.CommandLine;
using S3Mount.Testing;
using S3Mount.Testing.Processes;

namespace S3Mount.Tests.Hosting;

/// <summary>The built program checks configuration files and shows what is in force.</summary>
[TestFixture]
[CancelAfter(60_000)]
public sealed class ConfigProgramTests
{
    private static readonly string _program = Path.Combine(AppContext.BaseDirectory, "s3mount");

    private TempDirectory _directory = null!;

    [SetUp]
    public void Make_a_directory() => _directory = new TempDirectory("s3mount-config");

    [TearDown]
    public void Remove_it() => _directory.Dispose();

    [Test]
    public async Task All_that_is_wrong_in_all_files_is_told_a_line_each()
    {
        _directory.Write("good.yaml", "bucket: b\nmountpoint: /mnt\ncache: cache\nhydrate: true\n");
        _directory.Write("bad.yaml", "metadata-ttl: soon\nmemmory: 5G\nuid: [1]\nallow-other: maybe\nhydrate: true\nmemory: much\nbucket: /mnt\n");
        _directory.Write("broken.yaml", "region: r\n\tmemory: 1G\n");
        ChildResult result = await RunAsync("check", "good.yaml", "bad.yaml", "none.yaml", "broken.yaml");
        Assert.That((result.ExitCode, result.Output), Is.EqualTo((1, "good.yaml is fine\n")));
        Assert.That(result.Error, Is.EqualTo("""
            bad.yaml:1: metadata-ttl: 'soon' is not a duration; write 90s, 10m, 1h or indefinite
            bad.yaml:2: unknown key 'memmory'; did you mean memory?
            bad.yaml:3: uid: it has one value, not a list; write uid: USER
            bad.yaml:4: allow-other: 'maybe' is neither true nor false
            bad.yaml:5: hydrate needs a place to bring everything to: cache: DIR
            bad.yaml:6: memory: 'much' is not a size; write 512MiB or 2GiB
            bad.yaml:7: bucket: '/mnt' is a directory, not a bucket; write s3mount BUCKET[/PREFIX] MOUNTPOINT [options]
            none.yaml: cannot be read: No such file or directory
            broken.yaml:2: a tab indents this line; YAML wants spaces, and these keys no indent at all

            """));
    }

    [Test]
    public async Task What_is_fine_is_said_and_the_exit_code_is_0()
    {
        _directory.Write("f.yaml", "metadata-ttl: 1h\n");
        ChildResult result = await RunAsync("check", "f.yaml");
        Assert.That((result.ExitCode, result.Output, result.Error), Is.EqualTo((0, "f.yaml is fine\n", "")));
    }

    [Test]
    public async Task A_file_that_is_something_else_is_told_in_twenty_lines()
    {
        _directory.Write("f.yaml", string.Concat(Enumerable.Range(0, 10_000).Select(i => $"key{i}: value\n")));
        ChildResult result = await RunAsync("check", "f.yaml");
        Assert.That((result.ExitCode, result.Error.Split('\n').Length), Is.EqualTo((1, 21)));
    }

    [TestCase("", "what of the configuration? Write s3mount config check FILE... or s3mount config show")]
    [TestCase("lint f", "unknown command 'config lint'; write s3mount config check FILE... or s3mount config show (a bucket of that name is mounted as s3://config/)")]
    [TestCase("check", "the file is missing; write s3mount config check FILE...")]
    [TestCase("check --all f", "unknown option '--all'; write s3mount config check FILE...")]
    public void A_wrong_command_line_is_told_in_one_line(string line, string error) =>
        Assert.That(() => ConfigCommand.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)), Throws.TypeOf<UsageException>().With.Message.EqualTo(error));

    [Test]
    public async Task Show_tells_what_is_in_force_and_from_where()
    {
        _directory.Write("f.yaml", "bucket: my-datasets/imagenet\nmountpoint: mnt\ncache: cache\n");
        ChildResult result = await RunWithAsync(
            new() { ["S3MOUNT_METADATA_TTL"] = "1h", ["S3MOUNT_CONFIG"] = "f.yaml", ["S3MOUNT_MEMMORY"] = "1G" }, "show", "--log-level", "debug", "-o", "hydrate");
        Assert.That((result.ExitCode, result.Error), Is.EqualTo((0, "")));
        Assert.That(result.Output, Does.Match("(?m)^bucket: my-datasets +# f.yaml:1$").And.Match($"(?m)^mountpoint: {_directory["mnt"]} +# f.yaml:2$")
            .And.Match("(?m)^prefix: imagenet/ +# f.yaml:1$").And.Match($"(?m)^cache: {_directory["cache"]} +# f.yaml:3$").And.Match("(?m)^metadata-ttl: 1h +# S3MOUNT_METADATA_TTL$")
            .And.Match("(?m)^log-level: debug +# command line$").And.Match("(?m)^hydrate: true +# -o$").And.Match("(?m)^memory: [0-9]+[KMG]?i?B? +# default: a quarter of")
            .And.Contain("# warning: S3MOUNT_MEMMORY is not looked at; did you mean S3MOUNT_MEMORY?\n"));
        // Its own output is a file that says the same.
        _directory.Write("shown.yaml", result.Output);
        Assert.That((await RunAsync("check", "shown.yaml")).Output, Is.EqualTo("shown.yaml is fine\n"));
    }

    [Test]
    public async Task Show_needs_neither_bucket_nor_mountpoint_and_refuses_what_a_mount_refuses()
    {
        ChildResult bare = await RunAsync("show", "--json");
        Assert.That((bare.ExitCode, bare.Error), Is.EqualTo((0, "")));
        Assert.That(bare.Output, Does.Match("\"bucket\": \\{\\s+\"value\": null"));
        ChildResult wrong = await RunAsync("show", "b", "/mnt", "--metadata-tll", "5m");
        Assert.That((wrong.ExitCode, wrong.Output, wrong.Error), Is.EqualTo((2, "", "s3mount: unknown option '--metadata-tll'; did you mean --metadata-ttl?\n")));
    }

    [Test]
    public async Task Nothing_secret_is_shown()
    {
        const string Canary = "CANARY";
        Dictionary<string, string?> secrets = new() { ["AWS_ACCESS_KEY_ID"] = "AKID" + Canary, ["AWS_SECRET_ACCESS_KEY"] = Canary, ["AWS_SESSION_TOKEN"] = Canary, ["S3MOUNT_AWS_SECRET_ACCESS_KEY"] = Canary };
        _directory.Write("f.yaml", $"aws-secret-access-key: {Canary}\nendpoint-url: http://user:{Canary}@localhost\n");
        foreach (string[] arguments in (string[][])[["show", "b", "/mnt"], ["show", "--json", "b", "/mnt"], ["show", "--config", "f.yaml"], ["check", "f.yaml"], ["show", "--endpoint-url", $"http://user:{Canary}@localhost"]])
        {
            ChildResult result = await RunWithAsync(secrets, arguments);
            Assert.That(result.Output + result.Error, Is.Not.Empty.And.Not.Contain(Canary), string.Join(' ', arguments));
        }
    }

    private Task<ChildResult> RunAsync(params string[] arguments) => RunWithAsync([], arguments);

    private Task<ChildResult> RunWithAsync(Dictionary<string, string?> environment, params string[] arguments) =>
        ChildProcess.RunAsync(_program, ["config", .. arguments], new ChildProcessOptions { Environment = environment, WorkingDirectory = _directory.Path });
}
