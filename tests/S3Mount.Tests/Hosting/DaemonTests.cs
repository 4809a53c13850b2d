using System.Diagnostics;
using System.Net.Sockets;
using System.Text;
using S3Mount.Testing.Processes;
using S3Mount.Testing.S3Server;

namespace S3Mount.Tests.Hosting;

/// <summary>The built program with a real mount: how it starts, what it leaves to its caller, how it ends.</summary>
[TestFixture]
[Category("mount")]
[NonParallelizable]
public sealed class DaemonTests
{
    private const int SigHup = 1;
    private const int SigTerm = 15;

    [Test]
    [CancelAfter(120_000)]
    public async Task It_returns_when_the_mount_is_usable_also_to_a_caller_that_waits_for_the_end_of_its_output(CancellationToken cancellationToken)
    {
        await using RunningMount mount = await RunningMount.CreateAsync();
        // A pipe that the daemon kept open would hold cat, and with it the shell, for as long as the mount lives.
        ChildResult result = await mount.ShellAsync("out=$(\"$S3MOUNT\" \"$@\" 2>&1 | cat); printf '[%s]' \"$out\"; cat \"$2/train/cat/1.txt\"", mount.Arguments());
        Assert.That((result.ExitCode, result.Output, result.Error), Is.EqualTo((0, "[]meow", "")));
    }

    [Test]
    [CancelAfter(120_000)]
    public async Task The_daemon_keeps_nothing_of_its_caller(CancellationToken cancellationToken)
    {
        await using RunningMount mount = await RunningMount.CreateAsync();
        ChildResult result = await mount.ShellAsync("exec 9>lock; flock 9; exec \"$S3MOUNT\" \"$@\"", mount.Arguments());
        Assert.That(result.ExitCode, Is.Zero, result.Error);
        int daemon = mount.DaemonId()!.Value;
        string[] stat = (await File.ReadAllTextAsync($"/proc/{daemon}/stat", cancellationToken)).Split(' ');
        Assert.That((stat[4], stat[5]), Is.EqualTo(($"{daemon}", $"{daemon}")), "process group and session");
        Assert.That(new DirectoryInfo($"/proc/{daemon}/cwd").LinkTarget, Is.EqualTo("/"));
        for (int standard = 0; standard <= 2; standard++)
            Assert.That(new FileInfo($"/proc/{daemon}/fd/{standard}").LinkTarget, Is.EqualTo("/dev/null"));
        ChildResult unlocked = await mount.ShellAsync("flock -n lock echo free");
        Assert.That(unlocked.Output, Is.EqualTo("free\n"));
    }

    [Test]
    [CancelAfter(120_000)]
    public async Task A_failed_start_is_one_line_and_leaves_nothing(CancellationToken cancellationToken)
    {
        await using RunningMount mount = await RunningMount.CreateAsync();
        string[] arguments = mount.Arguments();
        arguments[0] = "no-such-bucket";
        ChildResult result = await mount.RunAsync(arguments);
        Assert.That(result.ExitCode, Is.EqualTo(1));
        Assert.That(result.Error, Does.Match("^s3mount: there is no bucket 'no-such-bucket'[^\n]*\n$"));
        Assert.That((mount.IsMounted, mount.DaemonId()), Is.EqualTo((false, (int?)null)));
    }

    [Test]
    [CancelAfter(120_000)]
    public async Task An_empty_prefix_is_mounted_with_one_warning(CancellationToken cancellationToken)
    {
        await using RunningMount mount = await RunningMount.CreateAsync();
        ChildResult result = await mount.RunAsync(mount.Arguments("--prefix", "tra"));
        Assert.That((result.ExitCode, result.Error), Is.EqualTo((0, "s3mount: warning: there is nothing under s3://bucket/tra/ yet\n")));
        Assert.That(mount.IsMounted, Is.True);
    }

    [Test]
    [CancelAfter(120_000)]
    public async Task A_prefix_that_is_an_object_is_refused_with_its_parent(CancellationToken cancellationToken)
    {
        await using RunningMount mount = await RunningMount.CreateAsync();
        ChildResult result = await mount.RunAsync(mount.Arguments("--prefix", "train/cat/1.txt"));
        Assert.That(result.ExitCode, Is.EqualTo(1));
        Assert.That(result.Error, Is.EqualTo("s3mount: s3://bucket/train/cat/1.txt is an object, not a directory; mount s3://bucket/train/cat/ instead\n"));
    }

    [Test]
    [CancelAfter(120_000)]
    public async Task A_mountpoint_is_used_once_and_a_dead_daemons_is_cleared(CancellationToken cancellationToken)
    {
        await using RunningMount mount = await RunningMount.CreateAsync();
        Assert.That((await mount.RunAsync(mount.Arguments())).ExitCode, Is.Zero);
        ChildResult second = await mount.RunAsync(mount.Arguments());
        Assert.That(second.ExitCode, Is.EqualTo(1));
        Assert.That(second.Error, Is.EqualTo($"s3mount: {mount.Mountpoint} is already mounted (fuse.s3mount, s3mount#bucket); unmount it with: s3mount umount {mount.Mountpoint}\n"));

        ProcessSignals.Send(mount.DaemonId()!.Value, ProcessSignals.Kill);
        await RunningMount.UntilAsync(() => mount.DaemonId() is null, cancellationToken);
        ChildResult third = await mount.RunAsync(mount.Arguments());
        Assert.That((third.ExitCode, third.Error), Is.EqualTo((0, $"s3mount: cleared the mount that an s3mount which died had left at {mount.Mountpoint}\n")));
        Assert.That((await mount.ShellAsync("cat \"$1\"", mount.File1)).Output, Is.EqualTo("meow"));
    }

    [Test]
    [CancelAfter(120_000)]
    public async Task What_a_dead_daemon_left_can_be_unmounted(CancellationToken cancellationToken)
    {
        await using RunningMount mount = await RunningMount.CreateAsync();
        Assert.That((await mount.RunAsync(mount.Arguments())).ExitCode, Is.Zero);
        ProcessSignals.Send(mount.DaemonId()!.Value, ProcessSignals.Kill);
        await RunningMount.UntilAsync(() => mount.DaemonId() is null, cancellationToken);
        Assert.That(mount.IsMounted, Is.True);
        ChildResult result = await mount.RunAsync("umount", mount.Mountpoint);
        Assert.That((result.ExitCode, result.Error, mount.IsMounted), Is.EqualTo((0, "", false)));
    }

    [Test]
    [CancelAfter(120_000)]
    public async Task A_daemon_that_hangs_holds_up_neither_the_next_mount_nor_umount(CancellationToken cancellationToken)
    {
        await using RunningMount mount = await RunningMount.CreateAsync();
        Assert.That((await mount.RunAsync(mount.Arguments())).ExitCode, Is.Zero);
        int daemon = mount.DaemonId()!.Value;
        ProcessSignals.Send(daemon, ProcessSignals.Stop);
        try
        {
            ChildResult same = await mount.RunAsync(mount.Arguments());
            Assert.That(
                (same.ExitCode, same.Error),
                Is.EqualTo((1, $"s3mount: {mount.Mountpoint} is already mounted (fuse.s3mount, s3mount#bucket), and its daemon does not answer; unmount it with: s3mount umount {mount.Mountpoint}\n")));
            ChildResult below = await mount.RunAsync(["bucket", mount.Mountpoint + "/train", "--endpoint-url", mount.Server.Url]);
            Assert.That((below.ExitCode, below.Error), Is.EqualTo((1, $"s3mount: {mount.Mountpoint}/train does not answer: it lies in a mount that hangs\n")));
            ChildResult umount = await mount.RunAsync("umount", mount.Mountpoint);
            Assert.That((umount.ExitCode, umount.Error, mount.IsMounted), Is.EqualTo((0, "", false)));
        }
        finally
        {
            ProcessSignals.Send(daemon, ProcessSignals.Continue);
        }
        await RunningMount.UntilAsync(() => mount.DaemonId() is null, cancellationToken);
    }

    [Test]
    [CancelAfter(120_000)]
    public async Task An_aborted_connection_ends_the_daemon_and_leaves_no_mount(CancellationToken cancellationToken)
    {
        await using RunningMount mount = await RunningMount.CreateAsync();
        Assert.That((await mount.RunAsync(mount.Arguments())).ExitCode, Is.Zero);
        string line = File.ReadLines("/proc/self/mountinfo").Single(entry => entry.Contains($" {mount.Mountpoint} ", StringComparison.Ordinal));
        string connection = line.Split(' ')[2].Split(':')[1];
        ChildResult abort = await ChildProcess.RunAsync(
            "unshare", ["-m", "sh", "-c", "mount -t fusectl none /sys/fs/fuse/connections && echo 1 >/sys/fs/fuse/connections/$1/abort", "sh", connection], cancellationToken: cancellationToken);
        if (abort.ExitCode != 0)
            Assert.Ignore($"fusectl cannot be mounted: {abort.Error}");
        await RunningMount.UntilAsync(() => mount.DaemonId() is null, cancellationToken);
        Assert.That(mount.IsMounted, Is.False);
    }

    [Test]
    [CancelAfter(120_000)]
    public async Task Umount_ends_the_daemon_and_says_when_files_are_open(CancellationToken cancellationToken)
    {
        await using RunningMount mount = await RunningMount.CreateAsync();
        Assert.That((await mount.RunAsync(mount.Arguments())).ExitCode, Is.Zero);
        await using (ChildProcess reader = await ChildProcess.StartAsync("bash", ["-c", "exec 3<\"$1\"; echo open; exec sleep 60", "bash", mount.File1]))
        {
            await reader.WaitForOutputAsync("open", TimeSpan.FromSeconds(20), cancellationToken);
            ChildResult busy = await mount.RunAsync("umount", mount.Mountpoint);
            Assert.That(busy.ExitCode, Is.EqualTo(1));
            Assert.That(busy.Error, Does.StartWith($"s3mount: {mount.Mountpoint} is in use").And.EndsWith($": s3mount umount --lazy {mount.Mountpoint}\n"));
        }
        ChildResult result = await mount.RunAsync("umount", mount.Mountpoint + "/");
        Assert.That((result.ExitCode, result.Error), Is.EqualTo((0, "")));
        await RunningMount.UntilAsync(() => mount.DaemonId() is null, cancellationToken);
        ChildResult again = await mount.RunAsync("umount", mount.Mountpoint);
        Assert.That((again.ExitCode, again.Error), Is.EqualTo((1, $"s3mount: nothing is mounted at {mount.Mountpoint}; s3mount status lists what is\n")));
    }

    [Test]
    [CancelAfter(120_000)]
    public async Task In_the_foreground_it_tells_systemd_and_ends_with_zero_on_SIGTERM(CancellationToken cancellationToken)
    {
        await using RunningMount mount = await RunningMount.CreateAsync();
        string path = Path.Combine(Path.GetDirectoryName(mount.Mountpoint)!, "notify");
        using var listener = new Socket(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified);
        listener.Bind(new UnixDomainSocketEndPoint(path));
        mount.Environment["NOTIFY_SOCKET"] = path;
        await using ChildProcess daemon = await mount.StartAsync([.. mount.Arguments(), "-f"]);
        Assert.That(await ReceiveAsync(listener, cancellationToken), Is.EqualTo($"STATUS=mounting s3://bucket/ at {mount.Mountpoint}\n"));
        Assert.That(await ReceiveAsync(listener, cancellationToken), Is.EqualTo($"READY=1\nSTATUS=s3://bucket/ is mounted at {mount.Mountpoint}\n"));
        Assert.That((await mount.ShellAsync("cat \"$1\"", mount.File1)).Output, Is.EqualTo("meow"));
        daemon.Signal(SigTerm);
        Assert.That(await ReceiveAsync(listener, cancellationToken), Is.EqualTo($"STOPPING=1\nSTATUS=unmounting {mount.Mountpoint}\n"));
        ChildResult result = await daemon.WaitAsync(TimeSpan.FromSeconds(30), cancellationToken);
        Assert.That((result.ExitCode, result.Output, result.Error), Is.EqualTo((0, "", "")));
        Assert.That(mount.IsMounted, Is.False);
    }

    [Test]
    [CancelAfter(120_000)]
    public async Task A_second_signal_detaches_at_once_what_the_first_would_wait_for(CancellationToken cancellationToken)
    {
        await using RunningMount mount = await RunningMount.CreateAsync();
        await using ChildProcess daemon = await mount.StartAsync([.. mount.Arguments(), "-f"]);
        await RunningMount.UntilAsync(() => IsLogged(mount, " is mounted at "), cancellationToken);
        await using ChildProcess reader = await ChildProcess.StartAsync("bash", ["-c", "exec 3<\"$1\"; echo open; exec sleep 60", "bash", mount.File1]);
        await reader.WaitForOutputAsync("open", TimeSpan.FromSeconds(20), cancellationToken);
        daemon.Signal(SigTerm);
        await RunningMount.UntilAsync(() => IsLogged(mount, "stopping: unmounting"), cancellationToken);
        var watch = Stopwatch.StartNew();
        daemon.Signal(SigTerm);
        ChildResult result = await daemon.WaitAsync(TimeSpan.FromSeconds(30), cancellationToken);
        Assert.That(result.ExitCode, Is.Zero, result.Error);
        Assert.That(watch.Elapsed, Is.LessThan(TimeSpan.FromSeconds(4)), "the first signal alone gives readers 5 s");
        Assert.That(mount.IsMounted, Is.False);
    }

    [Test]
    [CancelAfter(120_000)]
    public async Task A_hang_up_opens_the_log_anew_and_ends_nothing(CancellationToken cancellationToken)
    {
        await using RunningMount mount = await RunningMount.CreateAsync();
        Assert.That((await mount.RunAsync(mount.Arguments())).ExitCode, Is.Zero);
        await RunningMount.UntilAsync(() => IsLogged(mount, " is mounted at "), cancellationToken);
        File.Move(mount.LogFile, mount.LogFile + ".1");
        ProcessSignals.Send(mount.DaemonId()!.Value, SigHup);
        Assert.That((await mount.ShellAsync("cat \"$1\"", mount.File1)).Output, Is.EqualTo("meow"));
        Assert.That((await mount.RunAsync("umount", mount.Mountpoint)).ExitCode, Is.Zero);
        await RunningMount.UntilAsync(() => IsLogged(mount, "INFO stopped after"), cancellationToken);
    }

    [Test]
    [CancelAfter(120_000)]
    public async Task A_caller_that_is_killed_while_it_waits_takes_the_mount_with_it(CancellationToken cancellationToken)
    {
        await using RunningMount mount = await RunningMount.CreateAsync();
        mount.Server.Speed = new S3ServerSpeed(TimeSpan.Zero, TimeSpan.FromSeconds(2), 0);
        await using (ChildProcess caller = await mount.StartAsync(mount.Arguments()))
        {
            await RunningMount.UntilAsync(() => IsLogged(mount, "mounting s3://bucket/"), cancellationToken);
            ProcessSignals.Send(caller.Id, ProcessSignals.Kill);
        }
        await RunningMount.UntilAsync(() => mount.DaemonId() is null, cancellationToken);
        Assert.That(mount.IsMounted, Is.False);
    }

    private static bool IsLogged(RunningMount mount, string text) => File.Exists(mount.LogFile) && File.ReadAllText(mount.LogFile).Contains(text, StringComparison.Ordinal);

    private static async Task<string> ReceiveAsync(Socket listener, CancellationToken cancellationToken)
    {
        byte[] buffer = new byte[4096];
        int length = await listener.ReceiveAsync(buffer, cancellationToken);
        return Encoding.UTF8.GetString(buffer, 0, length);
    }
}
