using System.Diagnostics;
using Microsoft.Extensions.Logging;
using S3Mount.Fuse.Mounting;
using S3Mount.Fuse.Protocol;
using S3Mount.Fuse.Session;

namespace S3Mount.Fuse.Tests.Mounting;

/// <summary>How real mounts begin, are waited for, are interrupted and end.</summary>
[Category("mount")]
[CancelAfter(120_000)]
[Platform("Linux")]
public sealed class MountLifeTests
{
    private static readonly TimeSpan _patience = TimeSpan.FromSeconds(20);

    [OneTimeSetUp]
    public static void RequireRoot() => MountRequirements.RequireRoot();

    [Test]
    public async Task Umount_from_outside_ends_the_session()
    {
        await using MemoryMount mount = await MemoryMount.StartAsync();
        Assert.That((await Shell.RunAsync("umount \"$1\"", mount.Path)).ExitCode, Is.Zero);
        await mount.Session.Completion.WaitAsync(_patience);
        Assert.That(mount.Tree.Destroyed, Is.EqualTo(1));
        Assert.That(MountTable.Find(mount.Path), Is.Null);
        Assert.That(() => mount.Mount.Unmount(lazy: false), Throws.Nothing, "unmounting twice is no error");
    }

    [Test]
    public async Task A_mount_in_use_is_busy_and_can_be_detached()
    {
        await using MemoryMount mount = await MemoryMount.StartAsync();
        using Process user = Shell.Start("cd \"$1/dir\" && echo there && exec sleep 60", mount.Path);
        Assert.That(await user.StandardOutput.ReadLineAsync(), Is.EqualTo("there"));
        Assert.That(() => mount.Mount.Unmount(lazy: false),
            Throws.TypeOf<FuseException>().With.Property("Failure").EqualTo(FuseFailure.Busy).And.Message.Contains("in use"));
        mount.Mount.Unmount(lazy: true);
        Assert.That(MountTable.Find(mount.Path), Is.Null);
        Assert.That(mount.Session.Completion.IsCompleted, Is.False, "the program still uses it");
        user.Kill(entireProcessTree: true);
        await mount.Session.Completion.WaitAsync(_patience);
    }

    [Test]
    public async Task An_aborted_connection_ends_the_session()
    {
        await using MemoryMount mount = await MemoryMount.StartAsync();
        string minor = MountTable.Find(mount.Path)!.Device.Split(':')[1];
        // fusectl is mounted in a mount namespace of the child's own: not every machine has it, and none keeps it.
        ShellResult abort = await Shell.RunAsync(
            "unshare -m sh -c 'mount -t fusectl fusectl /sys/fs/fuse/connections; echo 1 > /sys/fs/fuse/connections/$1/abort' sh \"$1\"", minor);
        Assert.That(abort.ExitCode, Is.Zero, abort.Errors);
        await mount.Session.Completion.WaitAsync(_patience);
        Assert.That((await mount.RunAsync("ls \"$1\"")).ExitCode, Is.Not.Zero);
    }

    [Test]
    public async Task A_disposed_session_leaves_every_reader_and_a_dead_mount()
    {
        await using MemoryMount mount = await MemoryMount.StartAsync(sessionOptions: new FuseSessionOptions { ReaderThreads = 4 });
        await mount.Session.DisposeAsync().AsTask().WaitAsync(_patience);
        Assert.That(mount.Log.AtLeast(LogLevel.Warning), Is.Empty, "a reader that is stuck would be reported");
        ShellResult list = await mount.RunAsync("ls \"$1\"");
        Assert.That(list.Errors, Does.Contain("not connected"));
        Assert.That(() => FuseMount.Create(mount.Path, new FuseMountOptions { Source = "test" }),
            Throws.TypeOf<FuseException>().With.Property("Failure").EqualTo(FuseFailure.DeadMount).And.Message.Contains("fusermount3 -u"));
        MountTable.Unmount(mount.Path, lazy: false);
        Assert.That(MountTable.Find(mount.Path), Is.Null);
    }

    [Test]
    public async Task A_mountpoint_in_use_by_a_living_mount_is_refused()
    {
        await using MemoryMount mount = await MemoryMount.StartAsync();
        Assert.That(() => FuseMount.Create(mount.Path, new FuseMountOptions { Source = "test" }),
            Throws.TypeOf<FuseException>().With.Property("Failure").EqualTo(FuseFailure.AlreadyMounted).And.Message.Contains("test#memory"));
    }

    [TestCase("", "AlreadyMounted")]
    [TestCase("/dir", "BadMountpoint")]
    public async Task A_mount_that_hangs_does_not_hang_the_next_one(string below, string failure)
    {
        var never = new TaskCompletionSource();
        await using MemoryMount mount = await MemoryMount.StartAsync(
            prepare: tree => tree.Gate = (opcode, _) => opcode is FuseOpcode.StatFs or FuseOpcode.Lookup ? never.Task : null);
        ShellResult second = await Shell.RunAsync("dotnet \"$1\" serve \"$2\"", typeof(Program).Assembly.Location, mount.Path + below);
        Assert.That(second.Text, Does.StartWith(failure + ": "), second.Errors);
    }

    [Test]
    public async Task A_signal_interrupts_a_lookup_that_waits()
    {
        var asked = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var never = new TaskCompletionSource();
        await using MemoryMount mount = await MemoryMount.StartAsync(prepare: tree => tree.Gate = (opcode, _) =>
        {
            if (opcode != FuseOpcode.Lookup)
                return null;
            asked.TrySetResult();
            return never.Task;
        });
        using Process waiting = Shell.Start("exec python3 -c 'import os, signal, sys\n"
            + "signal.signal(signal.SIGINT, lambda *_: (_ for _ in ()).throw(KeyboardInterrupt()))\n"
            + "try:\n  os.stat(sys.argv[1] + \"/hello.txt\")\nexcept KeyboardInterrupt:\n  print(\"interrupted\")' \"$1\"", mount.Path);
        await asked.Task.WaitAsync(_patience);
        Assert.That((await Shell.RunAsync("kill -INT $1", $"{waiting.Id}")).ExitCode, Is.Zero);
        Assert.That((await Shell.FinishAsync(waiting)).Text, Is.EqualTo("interrupted\n"));
        Assert.That(mount.Count(FuseOpcode.Interrupt), Is.GreaterThanOrEqualTo(1));
        Assert.That(mount.Session.Statistics.InFlight, Is.Zero);
    }

    [Test]
    public async Task A_reader_that_waits_is_killed_at_once([Values(false, true)] bool asyncRead)
    {
        var asked = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var never = new TaskCompletionSource();
        await using MemoryMount mount = await MemoryMount.StartAsync(
            sessionOptions: new FuseSessionOptions { AsyncRead = asyncRead, DrainTimeout = TimeSpan.FromMilliseconds(200) },
            prepare: tree => tree.Gate = (opcode, _) =>
            {
                if (opcode != FuseOpcode.Read)
                    return null;
                asked.TrySetResult();
                return never.Task;
            });
        using Process reader = Shell.Start("exec cat \"$1/big.bin\"", mount.Path);
        await asked.Task.WaitAsync(_patience);
        Assert.That((await Shell.RunAsync("kill -KILL $1", $"{reader.Id}")).ExitCode, Is.Zero);
        await reader.WaitForExitAsync().WaitAsync(_patience);
        Assert.That(reader.ExitCode, Is.EqualTo(128 + 9));
        if (!asyncRead)
            Assert.That(mount.Count(FuseOpcode.Interrupt), Is.GreaterThanOrEqualTo(1));
    }

    [Test]
    public async Task Unmounting_fails_what_waits_and_completes()
    {
        var asked = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var never = new TaskCompletionSource();
        await using MemoryMount mount = await MemoryMount.StartAsync(prepare: tree => tree.Gate = (opcode, _) =>
        {
            if (opcode != FuseOpcode.Lookup)
                return null;
            asked.TrySetResult();
            return never.Task;
        });
        using Process waiting = Shell.Start("exec stat \"$1/hello.txt\"", mount.Path);
        await asked.Task.WaitAsync(_patience);
        mount.Mount.Unmount(lazy: true);
        await mount.Session.DisposeAsync().AsTask().WaitAsync(_patience);
        ShellResult result = await Shell.FinishAsync(waiting);
        Assert.That(result.ExitCode, Is.EqualTo(1), "the waiting program got an error, not a hang");
        Assert.That(mount.Tree.Destroyed, Is.EqualTo(1));
    }

    [Test]
    public async Task An_expired_entry_is_looked_up_again_and_an_expired_inode_is_read_again()
    {
        await using MemoryMount mount = await MemoryMount.StartAsync();
        const string Read = "cat \"$1/hello.txt\" \"$1/dir/nested/deep.bin\" | wc -c";
        await mount.RunAsync(Read);
        long lookups = mount.Count(FuseOpcode.Lookup);
        long reads = mount.Count(FuseOpcode.Read);
        FuseNotifier notifier = mount.Tree.Connection!.Notifier;

        notifier.InvalidateEntry(NodeId.Root, "hello.txt"u8, expireOnly: true);
        notifier.InvalidateEntry(NodeId.Root, "not there"u8, expireOnly: false);
        notifier.InvalidateInode(mount.Tree.NodeOf("dir/nested/deep.bin"), 0, 0);
        // STORE goes out on this thread, behind nothing: a name that nobody looked up is ENOENT.
        Assert.That(notifier.Store(new NodeId(987_654), 0, [1, 2, 3]), Is.EqualTo(Mono.Unix.Native.Errno.ENOENT));
        await Eventually.TrueAsync(async () =>
        {
            Assert.That((await mount.RunAsync(Read)).Text.Trim(), Is.EqualTo("70013"));
            return mount.Count(FuseOpcode.Lookup) == lookups + 1 && mount.Count(FuseOpcode.Read) > reads;
        });
    }

    [Test]
    public async Task Stored_bytes_are_read_without_a_request()
    {
        await using MemoryMount mount = await MemoryMount.StartAsync();
        await mount.RunAsync("stat \"$1/hello.txt\"");
        NodeId node = mount.Tree.NodeOf("hello.txt");
        Assert.That(mount.Tree.Connection!.Notifier.Store(node, 0, "HELLO, WORLD\n"u8), Is.EqualTo((Mono.Unix.Native.Errno)0));
        Assert.That((await mount.RunAsync("cat \"$1/hello.txt\"")).Text, Is.EqualTo("HELLO, WORLD\n"));
        Assert.That(mount.Count(FuseOpcode.Read), Is.Zero);
    }

    [Test]
    public async Task Resent_requests_are_answered_and_their_first_copies_are_not_counted()
    {
        int asked = 0;
        var gate = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var first = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using MemoryMount mount = await MemoryMount.StartAsync(prepare: tree => tree.Gate = (opcode, _) =>
        {
            if (opcode != FuseOpcode.Lookup)
                return null;
            // The first copy waits; the second, which may come as soon as the first is known, is answered at once.
            bool isFirst = Interlocked.Increment(ref asked) == 1;
            first.TrySetResult();
            return isFirst ? gate.Task : null;
        });
        using Process client = Shell.Start("exec stat -c %s \"$1/hello.txt\"", mount.Path);
        await first.Task.WaitAsync(_patience);
        if (mount.Tree.Connection!.Notifier.Resend() == Mono.Unix.Native.Errno.ENOSYS)
            Assert.Ignore("this kernel has no RESEND");
        Assert.That((await Shell.FinishAsync(client)).Text, Is.EqualTo("13\n"));
        gate.SetResult();
        NodeId node = mount.Tree.NodeOf("hello.txt");
        await Eventually.TrueAsync(() => mount.Session.Statistics.InFlight == 0);
        Assert.That(mount.Tree.Lookups[node.Value], Is.EqualTo(1), "the kernel knows of one lookup, so the tree does too");
    }
}
