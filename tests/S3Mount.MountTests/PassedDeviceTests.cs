using S3Mount.MountTests.Mounting;
using S3Mount.MountTests.Stores;
using S3Mount.Testing;
using S3Mount.Testing.Processes;
using S3Mount.Testing.S3Server;

namespace S3Mount.MountTests;

/// <summary>A process without privileges serves what somebody else has mounted, as in a pod that may not mount.</summary>
[Category("mount")]
[CancelAfter(120_000)]
public sealed class PassedDeviceTests : MountTest
{
    private static readonly TimeSpan _patience = TimeSpan.FromSeconds(30);

    private S3TestServer _server = null!;
    private string _mountpoint = "";

    [SetUp]
    public async Task Start_a_store()
    {
        _server = await S3TestServer.StartAsync();
        _server.CreateBucket("dataset").Put("dir/file", Ramp.Create(300_000, 1));
        _mountpoint = NewDirectory().CreateDirectory("mnt");
    }

    [TearDown]
    public async Task End_the_store()
    {
        if (MountedPaths.Contains(_mountpoint))
            await ChildProcess.RunAsync("umount", ["-l", _mountpoint]);
        await _server.DisposeAsync();
    }

    [Test]
    public async Task A_descriptor_that_is_mounted_is_served_without_any_privilege()
    {
        string reference = NewDirectory()["file"];
        await File.WriteAllBytesAsync(reference, Ramp.Create(300_000, 1));
        await using ChildProcess daemon = await StartAsync("/dev/fd/{fd}");
        await daemon.WaitForErrorAsync("is mounted at /dev/fd/", _patience);
        await Client.ShellAsync("cmp \"$1\" \"$2\"", $"{_mountpoint}/dir/file", reference);
        Assert.That(File.ReadLines($"/proc/{daemon.Id}/status").Single(line => line.StartsWith("CapEff:", StringComparison.Ordinal)), Does.EndWith("0000000000000000"));
        daemon.Signal(ProcessSignals.Terminate);
        Assert.That((await daemon.WaitAsync(_patience)).ExitCode, Is.Zero, daemon.Error);
        Assert.That(MountedPaths.Contains(_mountpoint), "whoever has mounted it unmounts it");
        ChildResult after = await Client.TryShellAsync("ls \"$1\"", _mountpoint);
        Assert.That(after.Error, Does.Contain("Transport endpoint is not connected"), "and nobody hangs");
    }

    [Test]
    public async Task When_it_is_unmounted_the_process_ends_well()
    {
        await using ChildProcess daemon = await StartAsync("/dev/fd/{fd}");
        await daemon.WaitForErrorAsync("is mounted at /dev/fd/", _patience);
        await Client.ShellAsync("umount \"$1\"", _mountpoint);
        Assert.That((await daemon.WaitAsync(_patience)).ExitCode, Is.Zero, daemon.Error);
    }

    [TestCase("/dev/fd/{fd}", false, 2, "give -f, too")]
    [TestCase("/dev/fd/0", true, 1, "/dev/fd/0 is ")]
    [TestCase("/dev/fd/999", true, 1, "there is no such descriptor")]
    public async Task What_cannot_be_served_is_refused(string mountpoint, bool foreground, int code, string message)
    {
        await using ChildProcess daemon = await StartAsync(mountpoint, foreground);
        ChildResult result = await daemon.WaitAsync(_patience);
        Assert.That(result.Error, Does.Contain(message));
        Assert.That(result.ExitCode, Is.EqualTo(code));
    }

    private async Task<ChildProcess> StartAsync(string mountpoint, bool foreground = true)
    {
        string script = Path.Combine(AppContext.BaseDirectory, "clients", "mount_for.py");
        string[] arguments = [script, _mountpoint, "nobody", ProgramUnderTest.Path, "dataset", mountpoint, "--endpoint-url", _server.Url, .. foreground ? (string[])["-f"] : []];
        return await ChildProcess.StartAsync("/usr/bin/python3", arguments, new ChildProcessOptions { Deadline = TimeSpan.FromSeconds(60), Environment = StoreAddress.Of(_server).Environment });
    }
}
