using System.Diagnostics;
using S3Mount.Testing;
using S3Mount.Testing.Processes;
using S3Mount.Testing.S3Server;

namespace S3Mount.Tests.Hosting;

/// <summary>A bucket in memory, a mountpoint, and the built program to mount the one at the other. Nothing of it outlives a test.</summary>
internal sealed class RunningMount : IAsyncDisposable
{
    private static readonly string _program = Path.Combine(AppContext.BaseDirectory, "s3mount");
    private static readonly TimeSpan _deadline = TimeSpan.FromSeconds(60);

    private readonly TempDirectory _directory = new("s3mount-daemon");

    private RunningMount(S3TestServer server)
    {
        Server = server;
        Mountpoint = _directory.CreateDirectory("mnt");
        S3Credentials credentials = server.Options.Credentials[0];
        Environment = new()
        {
            ["AWS_ACCESS_KEY_ID"] = credentials.AccessKey,
            ["AWS_SECRET_ACCESS_KEY"] = credentials.SecretKey,
            ["AWS_EC2_METADATA_DISABLED"] = "true",
        };
    }

    public S3TestServer Server { get; }

    public string Mountpoint { get; }

    public Dictionary<string, string?> Environment { get; }

    public string LogFile => _directory["log"];

    public bool IsMounted => File.ReadLines("/proc/self/mountinfo").Any(line => line.Contains($" {Mountpoint} ", StringComparison.Ordinal));

    /// <summary>Ignores the test where there is no /dev/fuse for it.</summary>
    public static async Task<RunningMount> CreateAsync()
    {
        if (!File.Exists("/dev/fuse"))
            Assert.Ignore("there is no /dev/fuse");
        S3TestServer server = await S3TestServer.StartAsync();
        S3Bucket bucket = server.CreateBucket("bucket");
        bucket.Put("train/cat/1.txt", "meow"u8.ToArray());
        return new RunningMount(server);
    }

    public string File1 => Mountpoint + "/train/cat/1.txt";

    public string[] Arguments(params string[] options) => ["bucket", Mountpoint, "--endpoint-url", Server.Url, "--log-file", LogFile, .. options];

    /// <summary>Runs <c>s3mount</c> to its end.</summary>
    public Task<ChildResult> RunAsync(params string[] arguments) => ChildProcess.RunAsync(_program, arguments, Options);

    public Task<ChildProcess> StartAsync(params string[] arguments) => ChildProcess.StartAsync(_program, arguments, Options);

    /// <summary>Runs a shell line, in which <c>$S3MOUNT</c> is the program, to its end.</summary>
    public Task<ChildResult> ShellAsync(string line, params string[] arguments) =>
        ChildProcess.RunAsync("bash", ["-c", line, "bash", .. arguments], Options with { Environment = new Dictionary<string, string?>(Environment) { ["S3MOUNT"] = _program } });

    /// <summary>Waits for what must come.</summary>
    public static async Task UntilAsync(Func<bool> condition, CancellationToken cancellationToken)
    {
        while (!condition())
            await Task.Delay(20, cancellationToken);
    }

    /// <summary>The daemon's process id, by the mountpoint on its command line; null when it is gone.</summary>
    public int? DaemonId() => Process.GetProcessesByName("s3mount").Where(IsOurs).Select(process => (int?)process.Id).FirstOrDefault();

    public async ValueTask DisposeAsync()
    {
        for (int i = 0; i < 3 && IsMounted; i++)
            await ChildProcess.RunAsync("umount", ["-l", Mountpoint]);
        if (DaemonId() is int daemon)
            ProcessSignals.Send(daemon, ProcessSignals.Kill);
        await Server.DisposeAsync();
        _directory.Dispose();
    }

    private ChildProcessOptions Options => new() { Deadline = _deadline, Environment = Environment, WorkingDirectory = _directory.Path };

    private bool IsOurs(Process process)
    {
        try
        {
            return File.ReadAllText($"/proc/{process.Id}/cmdline").Split('\0').Contains(Mountpoint);
        }
        catch (IOException)
        {
            return false; // It has ended meanwhile.
        }
    }
}
