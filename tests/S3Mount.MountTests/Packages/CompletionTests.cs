using S3Mount.MountTests.Mounting;
using S3Mount.MountTests.Stores;
using S3Mount.Testing.Processes;
using S3Mount.Testing.S3Server;

namespace S3Mount.MountTests.Packages;

/// <summary>What the Tab key makes of a command line, in the shells themselves.</summary>
[Category("mount")]
[CancelAfter(120_000)]
public sealed class CompletionTests : MountTest
{
    private static readonly string _completions = Path.Join(Repository.Root, "packaging/completions");

    [Test]
    public async Task Bash_offers_commands_options_and_values()
    {
        string directory = NewDirectory().CreateDirectory("nvme");
        string start = directory[..^2];
        (string Line, string Offered)[] lines =
        [
            ("s3mount sna", "snapshot"),
            ("s3mount bucket " + start, directory),
            ("s3mount bucket /mnt --neg", "--negative-metadata-ttl"),
            ("s3mount bucket /mnt --max-", "--max-cache-size|--max-connections"),
            ("s3mount bucket /mnt --cache " + start, directory),
            ("s3mount bucket /mnt --cache=" + start, directory),
            ("s3mount bucket /mnt --log-level ", "trace|debug|info|warning|error"),
            ("s3mount bucket /mnt -o allow_other,negative", "allow_other,negative_metadata_ttl="),
            ("s3mount --uid nobo", "nobody"),
            ("s3mount cache ", "stats|verify|clear"),
            ("s3mount cache stats " + start, directory),
            ("s3mount snapshot ", "create|show|verify"),
            ("s3mount warm /mnt --from", "--from-list"),
            ("s3mount warm --from-list /etc/hostn", "/etc/hostname"),
            ("s3mount top /mnt --int", "--interval"),
            ("s3mount help umou", "umount"),
        ];
        Assert.That(await BashAsync([.. lines.Select(line => line.Line)]), Is.EqualTo(lines.Select(line => line.Offered)));
    }

    [Test]
    public async Task Zsh_completes_commands_options_and_values()
    {
        string directory = NewDirectory().CreateDirectory("nvme");
        string start = directory[..^2];
        (string Line, string Completed)[] lines =
        [
            ("s3mount sna", "s3mount snapshot "),
            ("s3mount bucket " + start, $"s3mount bucket {directory}/"),
            ("s3mount bucket /mnt --neg", "s3mount bucket /mnt --negative-metadata-ttl="),
            ("s3mount bucket /mnt --hyd", "s3mount bucket /mnt --hydrate "),
            ("s3mount bucket /mnt --cache " + start, $"s3mount bucket /mnt --cache {directory}/"),
            ("s3mount bucket /mnt --cache=" + start, $"s3mount bucket /mnt --cache={directory}/"),
            ("s3mount bucket /mnt --log-level d", "s3mount bucket /mnt --log-level debug "),
            ("s3mount --uid nobo", "s3mount --uid nobody "),
            ("s3mount cache st", "s3mount cache stats "),
            ("s3mount cache stats " + start, $"s3mount cache stats {directory}/"),
            ("s3mount snapshot ver", "s3mount snapshot verify "),
            ("s3mount warm --from-list /etc/hostn", "s3mount warm --from-list /etc/hostname "),
            ("s3mount help umou", "s3mount help umount "),
        ];
        Assert.That(await ZshAsync([.. lines.Select(line => line.Line)]), Is.EqualTo(lines.Select(line => line.Completed)));
    }

    [Test]
    public async Task Both_know_what_is_mounted()
    {
        await using S3TestServer server = await S3TestServer.StartAsync();
        server.CreateBucket("completed").Put("file", "text");
        string mountpoint = NewDirectory().CreateDirectory("of many");
        MountedBucket mount = await MountAsync(new MountSetup { Store = StoreAddress.Of(server), Target = "completed", Mountpoint = mountpoint });
        string start = mountpoint[..^5];
        string[] lines = [.. new[] { "umount", "status", "warm", "refresh" }.Select(verb => $"s3mount {verb} {start}")];
        string written = mountpoint.Replace(" ", "\\ ", StringComparison.Ordinal);
        Assert.That(await BashAsync(lines), Is.All.EqualTo(written));
        Assert.That((await ZshAsync(lines)).Select(line => line.Split(' ', 3)[2].TrimEnd(' ', '/')), Is.All.EqualTo(written));
        await mount.EndAsync();
    }

    private static Task<string[]> BashAsync(string[] lines) => RunAsync("bash", ["--norc", Client("complete.bash"), Path.Join(_completions, "s3mount.bash"), .. lines], lines.Length);

    private static Task<string[]> ZshAsync(string[] lines) => RunAsync("zsh", ["-f", Client("complete.zsh"), _completions, .. lines], lines.Length);

    private static async Task<string[]> RunAsync(string shell, string[] arguments, int count)
    {
        // The completions ask the program by the name that was typed.
        var path = new Dictionary<string, string?> { ["PATH"] = $"{Path.GetDirectoryName(ProgramUnderTest.Path)}:{Environment.GetEnvironmentVariable("PATH")}" };
        ChildResult result = await ChildProcess.RunAsync(shell, arguments, new ChildProcessOptions { Environment = path }, TestContext.CurrentContext.CancellationToken);
        Assert.That(result.EnsureSuccess().Error, Is.Empty);
        string[] lines = result.Output.Split('\n')[..^1];
        Assert.That(lines, Has.Length.EqualTo(count));
        return lines;
    }

    private static string Client(string name) => Path.Join(Repository.Root, "tests/S3Mount.MountTests/clients", name);
}
