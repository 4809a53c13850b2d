using System.Diagnostics;
using S3Mount.MountTests.Mounting;
using S3Mount.MountTests.Stores;
using S3Mount.Testing;
using S3Mount.Testing.Processes;
using S3Mount.Testing.S3Server;

namespace S3Mount.MountTests;

/// <summary>How mounts come and go: in order, under load, while files are open, and after the worst.</summary>
[Category("mount")]
[CancelAfter(180_000)]
public sealed class LifeTests : MountTest
{
    private const string Bucket = "life";

    // Files are given 5 s to be closed, requests in flight a few more to end.
    private static readonly TimeSpan _endDeadline = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan _clientDeadline = TimeSpan.FromSeconds(30);

    private S3TestServer _server = null!;

    [OneTimeSetUp]
    public async Task Start_a_store()
    {
        _server = await S3TestServer.StartAsync();
        S3Bucket bucket = _server.CreateBucket(Bucket);
        bucket.Put("small", "some text");
        bucket.PutRamp("large", 64 << 20);
        for (int i = 0; i < 40; i++)
            bucket.PutRamp($"dir{i % 4}/file{i}", 300_000 + i, i);
    }

    [OneTimeTearDown]
    public async Task End_the_store()
    {
        if (_server is not null)
            await _server.DisposeAsync();
    }

    [TestCase("\"$S3MOUNT\" umount $1")]
    [TestCase("umount $1")]
    [TestCase("fusermount3 -u $1")]
    [TestCase("umount -l $1")]
    public async Task Unmounting_ends_the_daemon(string command)
    {
        MountedBucket mount = await MountAsync();
        await Client.ShellAsync("cat $1/small $1/dir1/file1 > /dev/null; ls -R $1 > /dev/null", mount.Path);
        await Client.ShellAsync(command.Replace("\"$S3MOUNT\"", ProgramUnderTest.Path, StringComparison.Ordinal), mount.Path);
        await mount.HasEndedAsync();
    }

    [TestCase(ProcessSignals.Terminate, false)]
    [TestCase(ProcessSignals.Interrupt, false)]
    [TestCase(ProcessSignals.Terminate, true)]
    public async Task A_signal_to_an_idle_daemon_unmounts_in_order(int signal, bool foreground)
    {
        MountedBucket mount = await MountAsync(Setup() with { Foreground = foreground });
        await Client.ShellAsync("cat $1/small > /dev/null", mount.Path);
        long start = Stopwatch.GetTimestamp();
        Assert.That(ProcessSignals.Send(mount.DaemonId, signal), Is.True);
        await mount.HasEndedAsync();
        Assert.That(Stopwatch.GetElapsedTime(start), Is.LessThan(TimeSpan.FromSeconds(4)), "nothing had to be waited for");
    }

    [TestCase(ProcessSignals.Terminate)]
    [TestCase(ProcessSignals.Interrupt)]
    public async Task A_signal_to_a_daemon_under_load_ends_it_with_0_and_its_readers_too(int signal)
    {
        MountedBucket mount = await MountAsync(Setup() with { Foreground = true });
        await using ChildProcess load = await StartLoadAsync(mount);
        Assert.That(mount.Foreground.Signal(signal), Is.True);
        await mount.HasEndedAsync();
        await AssertLoadHasEndedAsync(load);
    }

    [Test]
    public async Task Umount_under_load_is_busy_and_lazily_it_ends_with_0_and_its_readers_end_too()
    {
        MountedBucket mount = await MountAsync(Setup() with { Foreground = true });
        // Readers may all be between two files for a moment: this one is not.
        await using ChildProcess holder = await Client.StartPythonAsync("hold.py", mount["small"]);
        await holder.WaitForOutputAsync("open", _clientDeadline);
        await using ChildProcess load = await StartLoadAsync(mount);
        for (int i = 0; i < 3; i++)
        {
            ChildResult busy = await mount.UmountAsync();
            Assert.That((busy.ExitCode, busy.Output), Is.EqualTo((1, "")));
            Assert.That(busy.Error, Does.StartWith($"s3mount: {mount.Path} is in use: ").And.EndsWith($": s3mount umount --lazy {mount.Path}\n"));
        }
        Assert.That(mount.IsMounted, Is.True);
        await AssertReadsAsync();

        ChildResult lazy = await mount.UmountAsync("--lazy");
        Assert.That((lazy.ExitCode, lazy.Error, mount.IsMounted), Is.EqualTo((0, "", false)));
        holder.CloseInput();
        Assert.That((await holder.WaitAsync(_clientDeadline)).ExitCode, Is.Zero);
        await AssertLoadHasEndedAsync(load);
        await mount.HasEndedAsync();
    }

    [Test]
    public async Task A_mount_with_open_files_is_busy_and_can_be_detached()
    {
        MountedBucket mount = await MountAsync();
        await using ChildProcess holder = await Client.StartPythonAsync("hold.py", mount["small"]);
        await holder.WaitForOutputAsync("open", _clientDeadline);
        ChildResult busy = await mount.UmountAsync();
        Assert.That(busy.ExitCode, Is.EqualTo(1));
        Assert.That(busy.Error, Is.EqualTo($"s3mount: {mount.Path} is in use: end the programs that have files or their working directory there ('fuser -m {mount.Path}' names them), or unmount lazily: s3mount umount --lazy {mount.Path}\n"));
        Assert.That((await Client.ShellAsync("cat $1", mount["small"])).Output, Is.EqualTo("some text"), "it goes on");

        ChildResult lazy = await mount.UmountAsync("--lazy");
        Assert.That(lazy.ExitCode, Is.Zero, lazy.Error);
        Assert.That(mount.IsMounted, Is.False);
        holder.CloseInput();
        await holder.WaitAsync(_clientDeadline);
        await mount.HasEndedAsync();
    }

    [Test]
    public async Task A_signal_while_files_are_open_ends_the_daemon_within_its_deadline()
    {
        MountedBucket mount = await MountAsync(Setup() with { Foreground = true });
        await using ChildProcess holder = await Client.StartPythonAsync("hold.py", mount["small"]);
        await holder.WaitForOutputAsync("open", _clientDeadline);
        mount.Foreground.Signal(ProcessSignals.Terminate);
        await mount.HasEndedAsync();
        Assert.That(mount.Log, Does.Contain("files are still open"));
        holder.CloseInput();
        Assert.That((await holder.WaitAsync(_clientDeadline)).ExitCode, Is.Zero);
    }

    [Test]
    public async Task After_kill_9_the_same_directory_can_be_mounted_again()
    {
        MountedBucket dead = await MountAsync();
        await Client.ShellAsync("cat $1/small > /dev/null", dead.Path);
        ProcessSignals.Send(dead.DaemonId, ProcessSignals.Kill);
        await Eventually.IsTrueAsync(() => DaemonProcesses.Of(dead.Path).Count == 0, _endDeadline, "it is dead");
        Assert.That(dead.IsMounted, Is.True, "the dead mount is what this is about");
        // ENOTCONN; ECONNABORTED for who asks while the kernel is still closing what the dead process had open.
        Assert.That((await Client.TryShellAsync("ls $1", dead.Path)).Error, Does.Contain("not connected").Or.Contain("connection abort"));

        MountedBucket mount = await MountAsync(Setup() with { Mountpoint = dead.Path });
        Assert.That(mount.Said, Is.EqualTo($"s3mount: cleared the mount that an s3mount which died had left at {dead.Path}\n"));
        Assert.That((await Client.ShellAsync("cat $1/small", mount.Path)).Output, Is.EqualTo("some text"));
        Assert.That(MountedPaths.Count(mount.Path), Is.EqualTo(1));
        await mount.EndAsync();
        await dead.AbandonAsync();
    }

    [Test]
    public async Task A_dead_mount_stays_until_there_is_something_to_put_in_its_place()
    {
        MountedBucket dead = await MountAsync();
        ProcessSignals.Send(dead.DaemonId, ProcessSignals.Kill);
        await Eventually.IsTrueAsync(() => DaemonProcesses.Of(dead.Path).Count == 0, _endDeadline, "it is dead");
        // Nobody listens there.
        ChildResult failed = await ProgramUnderTest.RunAsync([Bucket, dead.Path, "--endpoint-url", "http://127.0.0.1:1", "--io-deadline", "1s"], StoreAddress.Of(_server));
        Assert.That(failed.ExitCode, Is.EqualTo(1), failed.Error);
        Assert.That(MountedPaths.Count(dead.Path), Is.EqualTo(1));
        Assert.That((await Client.TryShellAsync("ls $1", dead.Path)).Error, Does.Contain("not connected").Or.Contain("connection abort"), "an empty directory would say that there is no data");
        Assert.That((await dead.UmountAsync()).ExitCode, Is.Zero);
        await dead.AbandonAsync();
    }

    [Test]
    public async Task A_read_fails_at_its_deadline_and_the_mount_goes_on()
    {
        using var gate = new Gate();
        MountedBucket mount = await MountAsync(Setup() with { Arguments = ["--io-deadline", "2s"] });
        using (Hold(gate))
        {
            ChildResult result = await Client.TryShellAsync("timeout 20 cat $1 > /dev/null", mount["large"]);
            Assert.That((result.ExitCode, result.Error), Is.EqualTo((1, $"cat: {mount["large"]}: Input/output error\n")));
        }
        Assert.That((await Client.ShellAsync("cat $1", mount["small"])).Output, Is.EqualTo("some text"));
        await mount.EndAsync();
    }

    [Test, NonParallelizable]
    public async Task The_kernel_never_has_to_abort_a_mount_for_its_patience()
    {
        const string Sysctl = "/proc/sys/fs/fuse/max_request_timeout";
        if (!File.Exists(Sysctl))
            Assert.Ignore("this kernel knows no fs.fuse.max_request_timeout (Linux 6.15)");
        using var gate = new Gate();
        string before = await File.ReadAllTextAsync(Sysctl);
        MountedBucket mount;
        await File.WriteAllTextAsync(Sysctl, "20\n");
        try
        {
            mount = await MountAsync();
        }
        finally
        {
            await File.WriteAllTextAsync(Sysctl, before);
        }
        Assert.That(mount.Log, Does.Contain("reads wait for 13 s at most"));
        using (Hold(gate))
        {
            ChildResult result = await Client.TryShellAsync("timeout 40 cat $1 > /dev/null", mount["large"]);
            Assert.That((result.ExitCode, result.Error), Is.EqualTo((1, $"cat: {mount["large"]}: Input/output error\n")));
        }
        Assert.That((await Client.ShellAsync("cat $1", mount["small"])).Output, Is.EqualTo("some text"), "it is alive");
        await mount.EndAsync();
    }

    [Test]
    public async Task After_kill_9_umount_clears_the_directory()
    {
        MountedBucket dead = await MountAsync();
        ProcessSignals.Send(dead.DaemonId, ProcessSignals.Kill);
        await Eventually.IsTrueAsync(() => DaemonProcesses.Of(dead.Path).Count == 0, _endDeadline, "it is dead");
        ChildResult result = await dead.UmountAsync();
        Assert.That((result.ExitCode, result.Error), Is.EqualTo((0, "")));
        Assert.That(dead.IsMounted, Is.False);
        await dead.AbandonAsync();
    }

    [Test]
    public async Task Readers_of_a_daemon_that_is_killed_get_an_error_at_once()
    {
        using var gate = new Gate();
        MountedBucket mount = await MountAsync();
        using HeldStore hold = Hold(gate);
        await using ChildProcess reader = await Client.StartAsync("cat", mount["large"]);
        await gate.WaitForArrivalsAsync(1, TestContext.CurrentContext.CancellationToken).WaitAsync(_clientDeadline);
        ProcessSignals.Send(mount.DaemonId, ProcessSignals.Kill);
        ChildResult result = await reader.WaitAsync(TimeSpan.FromSeconds(10));
        Assert.That(result.ExitCode, Is.EqualTo(1));
        await mount.AbandonAsync();
    }

    [Test]
    public async Task What_is_already_mounted_is_not_mounted_again()
    {
        MountedBucket mount = await MountAsync();
        ChildResult again = await ProgramUnderTest.RunAsync([Bucket, mount.Path, "--endpoint-url", _server.Url], StoreAddress.Of(_server));
        Assert.That((again.ExitCode, again.Output), Is.EqualTo((1, "")));
        Assert.That(again.Error, Is.EqualTo($"s3mount: {mount.Path} is already mounted (fuse.s3mount, s3mount#{Bucket}); unmount it with: s3mount umount {mount.Path}\n"));
        Assert.That(MountedPaths.Count(mount.Path), Is.EqualTo(1));
        Assert.That((await Client.ShellAsync("cat $1/small", mount.Path)).Output, Is.EqualTo("some text"));
    }

    [Test]
    public async Task A_directory_that_is_not_empty_can_be_mounted_on_and_comes_back()
    {
        using TempDirectory local = NewDirectory();
        string path = local.CreateDirectory("mnt");
        local.Write("mnt/hidden.txt", "hidden");
        MountedBucket mount = await MountAsync(Setup() with { Mountpoint = path });
        Assert.That((await Client.ShellAsync("cat $1/small", mount.Path)).Output, Is.EqualTo("some text"));
        await mount.EndAsync();
        Assert.That((await Client.ShellAsync("cat $1/hidden.txt", path)).Output, Is.EqualTo("hidden"));
    }

    [Test]
    public async Task A_shell_that_takes_the_output_gets_control_back()
    {
        using TempDirectory local = NewDirectory();
        string path = local.CreateDirectory("mnt");
        ChildResult result = await ChildProcess.RunAsync(
            "/bin/bash", ["-c", "out=$(\"$0\" \"$@\" 2>&1); echo \"$? [$out]\"", ProgramUnderTest.Path, Bucket, path, "--endpoint-url", _server.Url],
            new ChildProcessOptions { Environment = StoreAddress.Of(_server).Environment });
        Assert.That(result.Output, Is.EqualTo("0 []\n"));
        // It outlives the session that has started it, which is gone by now with all its processes.
        Assert.That((await Client.ShellAsync("cat $1/small && \"$2\" umount $1", path, ProgramUnderTest.Path)).Output, Is.EqualTo("some text"));
        await Eventually.IsTrueAsync(() => DaemonProcesses.Of(path).Count == 0, _endDeadline, "the daemon has ended");
    }

    [Test]
    public async Task Twenty_mounts_in_a_row_leave_nothing()
    {
        using TempDirectory local = NewDirectory();
        string path = local.CreateDirectory("mnt");
        for (int i = 0; i < 20; i++)
        {
            MountedBucket mount = await MountAsync(Setup() with { Mountpoint = path });
            Assert.That((await Client.ShellAsync("cat $1/small", path)).Output, Is.EqualTo("some text"));
            // At once: no pause in which the daemon before could still be ending.
            Assert.That((await mount.UmountAsync()).ExitCode, Is.Zero);
            Assert.That(MountedPaths.Contains(path), Is.False);
            await mount.HasEndedAsync();
        }
    }

    [Test]
    public async Task One_bucket_is_mounted_twice_and_prefixes_beside_it()
    {
        MountedBucket first = await MountAsync();
        MountedBucket second = await MountAsync();
        MountedBucket prefix = await MountAsync(Setup() with { Target = $"s3://{Bucket}/dir1" });
        ChildResult result = await Client.ShellAsync("cat $1/small; cat $2/small; cmp $1/dir1/file1 $3/file1; cmp $2/dir1/file5 $3/file5", first.Path, second.Path, prefix.Path);
        Assert.That((result.Output, result.Error), Is.EqualTo(("some textsome text", "")));
        await first.EndAsync();
        Assert.That((await Client.ShellAsync("cat $1/small", second.Path)).Output, Is.EqualTo("some text"), "the other one stays");
    }

    // What Ctrl-C and kill -9 do to a program that waits for the store.
    [TestCase(ProcessSignals.Kill, "cat $1/large")]
    [TestCase(ProcessSignals.Interrupt, "exec cat $1/large")]
    [TestCase(ProcessSignals.Interrupt, "exec dd if=$1/large bs=1M iflag=direct of=/dev/null")]
    [TestCase(ProcessSignals.Kill, "exec dd if=$1/large bs=1M iflag=direct of=/dev/null")]
    [TestCase(ProcessSignals.Kill, "exec /usr/bin/python3 -c 'import sys; open(sys.argv[1] + \"/large\", \"rb\").read(1000)' $1")]
    public async Task A_reader_that_waits_for_the_store_can_be_ended_at_once(int signal, string command)
    {
        using var gate = new Gate();
        MountedBucket mount = await MountAsync();
        using HeldStore hold = Hold(gate);
        await using ChildProcess reader = await Client.StartAsync("/bin/bash", "-c", command, "bash", mount.Path);
        await gate.WaitForArrivalsAsync(1, TestContext.CurrentContext.CancellationToken).WaitAsync(_clientDeadline);
        reader.Signal(signal);
        ChildResult result = await reader.WaitAsync(TimeSpan.FromSeconds(5));
        Assert.That(result.ExitCode, Is.EqualTo(128 + signal));
        gate.Open();
        Assert.That((await Client.ShellAsync("cat $1/small", mount.Path)).Output, Is.EqualTo("some text"), "the mount is as before");
    }

    [TestCase("ls $1/dir0")]
    [TestCase("stat $1/dir0/missing")]
    public async Task A_listing_that_waits_for_the_store_can_be_interrupted(string command)
    {
        using var gate = new Gate();
        MountedBucket mount = await MountAsync();
        using (Hold(gate, S3Operation.ListObjectsV2))
        {
            await using ChildProcess reader = await Client.StartAsync("/bin/bash", "-c", "exec " + command, "bash", mount.Path);
            await gate.WaitForArrivalsAsync(1, TestContext.CurrentContext.CancellationToken).WaitAsync(_clientDeadline);
            reader.Signal(ProcessSignals.Interrupt);
            Assert.That((await reader.WaitAsync(TimeSpan.FromSeconds(5))).ExitCode, Is.EqualTo(128 + ProcessSignals.Interrupt));
        }
        Assert.That((await Client.ShellAsync("ls $1/dir0 | wc -l", mount.Path)).Output.Trim(), Is.EqualTo("10"));
    }

    [TestCase(ProcessSignals.Terminate)]
    public async Task A_daemon_whose_store_is_silent_ends_within_its_deadline(int signal)
    {
        using var gate = new Gate();
        MountedBucket mount = await MountAsync(Setup() with { Foreground = true });
        using HeldStore hold = Hold(gate);
        await using ChildProcess reader = await Client.StartAsync("cat", mount["large"]);
        await gate.WaitForArrivalsAsync(1, TestContext.CurrentContext.CancellationToken).WaitAsync(_clientDeadline);
        mount.Foreground.Signal(signal);
        await mount.HasEndedAsync();
        Assert.That((await reader.WaitAsync(_clientDeadline)).ExitCode, Is.EqualTo(1), "it got an error");
    }

    private async Task<ChildProcess> StartLoadAsync(MountedBucket mount)
    {
        ChildProcess load = await Client.StartPythonAsync("load.py", mount.Path, "8");
        await load.WaitForOutputAsync("reading", _clientDeadline);
        await AssertReadsAsync();
        return load;
    }

    private Task AssertReadsAsync()
    {
        long before = _server.Statistics.TotalRequests;
        return Eventually.IsTrueAsync(() => _server.Statistics.TotalRequests > before + 50, _clientDeadline, "the readers read");
    }

    /// <summary>A reader is done with its files, or was told that the mount has gone.</summary>
    private static async Task AssertLoadHasEndedAsync(ChildProcess load)
    {
        ChildResult result = await load.WaitAsync(_clientDeadline);
        Assert.That((result.ExitCode, result.Error), Is.EqualTo((0, "")));
        string[] ends = result.Output.Split("ended:")[1].Split((char[])[' ', '\n'], StringSplitOptions.RemoveEmptyEntries);
        Assert.That(ends, Is.Not.Empty.And.SubsetOf((string[])["finished", "ENOENT", "EIO", "ENOTCONN", "ECONNABORTED"]));
    }

    private HeldStore Hold(Gate gate, S3Operation operation = S3Operation.GetObject) => new(_server, operation, gate);

    private Task<MountedBucket> MountAsync() => MountAsync(Setup());

    private MountSetup Setup() => new() { Store = StoreAddress.Of(_server), Target = Bucket };
}
