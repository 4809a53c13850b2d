using S3Mount.MountTests.Mounting;
using S3Mount.MountTests.Stores;
using S3Mount.Testing;
using S3Mount.Testing.Processes;
using S3Mount.Testing.S3Server;

namespace S3Mount.MountTests;

/// <summary>Real mounts of what a configuration file and variables say.</summary>
[Category("mount")]
[CancelAfter(180_000)]
public sealed class ConfigurationTests : MountTest
{
    private static readonly TimeSpan _patience = TimeSpan.FromSeconds(30);

    private S3TestServer _server = null!;
    private TempDirectory _directory = null!;
    private string _mountpoint = "";

    [SetUp]
    public async Task Start_a_store()
    {
        _server = await S3TestServer.StartAsync();
        S3Bucket bucket = _server.CreateBucket("dataset");
        bucket.Put("train/file", "text");
        bucket.Put("val/other", "other");
        _directory = new TempDirectory("s3mount-config");
        _mountpoint = _directory.CreateDirectory("mnt");
    }

    [TearDown]
    public async Task End_the_store()
    {
        // Of a test that has failed.
        foreach (int daemon in Daemons())
            ProcessSignals.Send(daemon, ProcessSignals.Kill);
        if (MountedPaths.Contains(_mountpoint))
            await ChildProcess.RunAsync("umount", ["-l", _mountpoint]);
        await _server.DisposeAsync();
        _directory.Dispose();
    }

    [Test]
    public async Task A_daemon_in_the_background_finds_what_its_file_means_from_the_callers_directory()
    {
        _directory.CreateDirectory("etc");
        _directory.Write("etc/mount.yaml", $"bucket: s3://dataset/train\nmountpoint: ../mnt\nendpoint-url: {_server.Url}\ncache: cache\nlog-file: mount.log\nlog-level: error\nfile-mode: 0400\n");
        ChildResult result = await RunAsync(new() { ["S3MOUNT_LOG_LEVEL"] = "debug", ["S3MOUNT_FILE_MODE"] = "0440" }, "\"$0\" --config etc/mount.yaml --file-mode 0404");
        Assert.That((result.ExitCode, result.Output, result.Error), Is.EqualTo((0, "", "")));
        ChildResult read = await Client.ShellAsync("cd $1 && ls && cat file && stat -c ' %a' file", _mountpoint);
        Assert.That(read.Output, Is.EqualTo("file\ntext 404\n"), "the prefix of the file, the mode of the command line");
        Assert.That(await File.ReadAllTextAsync(_directory["etc/mount.log"]), Does.Contain("DEBUG"), "the level of the variable");
        await EndAsync();
        Assert.That(Directory.Exists(_directory["etc/cache"]), Is.True, "beside the file");
    }

    [TestCase("S3MOUNT_CONFIG=mount.yaml \"$0\" mnt")]
    [TestCase("\"$0\" dataset mnt -o ro,config=mount.yaml")]
    [TestCase("S3MOUNT_BUCKET=dataset S3MOUNT_MOUNTPOINT=mnt \"$0\" --config=$PWD/mount.yaml")]
    public async Task A_file_is_named_in_several_ways(string command)
    {
        string bucket = command.Contains("dataset", StringComparison.Ordinal) ? "no-such-bucket" : "dataset";
        _directory.Write("mount.yaml", $"bucket: {bucket}\nendpoint-url: {_server.Url}\nlog-file: log\n");
        ChildResult result = await RunAsync([], command);
        Assert.That((result.ExitCode, result.Output, result.Error), Is.EqualTo((0, "", "")));
        Assert.That((await Client.ShellAsync("cat $1/val/other", _mountpoint)).Output, Is.EqualTo("other"));
        await EndAsync();
    }

    [TestCase("metadata-tll: 5m", "mount.yaml:2: unknown key 'metadata-tll'; did you mean metadata-ttl?")]
    [TestCase("allow-other: [yes]", "mount.yaml:2: allow-other: it has one value, not a list; write allow-other: true")]
    [TestCase("log-file: mnt/log", "mount.yaml:2: log-file: DIR/mnt/log lies below the mountpoint; choose another place")]
    [TestCase("log-file: none/log", "mount.yaml:2: log-file: DIR/none/log cannot be opened: no such file or directory")]
    public async Task A_file_that_is_wrong_is_refused_with_its_place(string line, string error)
    {
        _directory.Write("mount.yaml", $"bucket: dataset\n{line}\n");
        ChildResult result = await RunAsync([], $"\"$0\" --config mount.yaml mnt --endpoint-url {_server.Url}");
        Assert.That((result.ExitCode, result.Output, result.Error.Replace(_directory.Path, "DIR", StringComparison.Ordinal)), Is.EqualTo((2, "", $"s3mount: {error}\n")));
        Assert.That((MountedPaths.Contains(_mountpoint), Daemons().Count), Is.EqualTo((false, 0)));
    }

    private IReadOnlyList<int> Daemons() => DaemonProcesses.With($"S3MOUNT_STARTED_BY={_directory.Path}");

    private Task<ChildResult> RunAsync(Dictionary<string, string?> variables, string command)
    {
        variables.Add("S3MOUNT_STARTED_BY", _directory.Path);
        foreach ((string name, string? value) in StoreAddress.Of(_server).Environment)
            variables.TryAdd(name, value);
        return ChildProcess.RunAsync("/bin/sh", ["-c", command, ProgramUnderTest.Path], new ChildProcessOptions { Environment = variables, WorkingDirectory = _directory.Path });
    }

    private async Task EndAsync()
    {
        Assert.That(Daemons(), Has.Count.EqualTo(1));
        Assert.That((await ProgramUnderTest.RunAsync(["umount", _mountpoint])).ExitCode, Is.Zero);
        await Eventually.IsTrueAsync(() => Daemons().Count == 0, _patience, "the daemon has ended");
        Assert.That(MountedPaths.Contains(_mountpoint), Is.False);
    }
}
