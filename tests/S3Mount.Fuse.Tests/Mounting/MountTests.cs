using S3Mount.Fuse.Mounting;
using S3Mount.Fuse.Protocol;
using S3Mount.Fuse.Session;

namespace S3Mount.Fuse.Tests.Mounting;

/// <summary>The tree on a real /dev/fuse, read by ordinary programs.</summary>
[Category("mount")]
[CancelAfter(120_000)]
[Platform("Linux")]
public sealed class MountTests
{
    [OneTimeSetUp]
    public static void RequireRoot() => MountRequirements.RequireRoot();

    [Test]
    public async Task Cat_reads_every_byte()
    {
        await using MemoryMount mount = await MemoryMount.StartAsync();
        ShellResult hello = await mount.RunAsync("cat \"$1/hello.txt\"");
        ShellResult big = await mount.RunAsync("cat \"$1/big.bin\"");
        ShellResult empty = await mount.RunAsync("cat \"$1/empty\"");
        Assert.That(hello.Text, Is.EqualTo("hello, world\n"));
        Assert.That(big.Output.AsSpan().SequenceEqual(TestTree.Ramp(TestTree.BigSize)));
        Assert.That(empty, Has.Property("ExitCode").EqualTo(0).And.Property("Output").Empty);
    }

    [Test]
    public async Task Ls_and_find_see_the_whole_tree()
    {
        await using MemoryMount mount = await MemoryMount.StartAsync();
        ShellResult find = await mount.RunAsync("cd \"$1\" && find . -type f -print0");
        ShellResult list = await mount.RunAsync("ls -lR \"$1\" | grep -c '^-r--r--r--'");
        ShellResult directories = await mount.RunAsync("cd \"$1\" && find . -type d | sort");
        Assert.That(find.Text.Split('\0', StringSplitOptions.RemoveEmptyEntries).Select(name => name[2..]),
            Is.EquivalentTo(TestTree.Files.Keys.Where(name => !name.EndsWith('/'))));
        Assert.That(list.Text.Trim(), Is.EqualTo("3007"));
        Assert.That(directories.Text, Is.EqualTo(".\n./dir\n./dir/nested\n./hollow\n./many\n./names\n"));
    }

    [Test]
    public async Task A_second_pass_sends_no_request_at_all()
    {
        await using MemoryMount mount = await MemoryMount.StartAsync();
        const string Walk = "cd \"$1\" && find . -type f -exec cat {} + | wc -c && find . -printf '%p %s %m\\n' | sort | sha256sum";
        ShellResult first = await mount.RunAsync(Walk);
        Assert.That(first.ExitCode, Is.Zero);
        // The kernel may let go of pages and names by itself meanwhile, and asks for those again; one pass without is what this is about.
        long sent = long.MaxValue;
        for (int pass = 0; pass < 3 && sent > 0; pass++)
        {
            long before = RequestsWithoutStatFs(mount);
            ShellResult next = await mount.RunAsync(Walk);
            Assert.That(next.Text, Is.EqualTo(first.Text));
            sent = RequestsWithoutStatFs(mount) - before;
        }
        Assert.That(sent, Is.Zero, string.Join(", ", Enum.GetValues<FuseOpcode>().Select(code => $"{code} {mount.Count(code)}")));
        Assert.That(mount.Count(FuseOpcode.Open), Is.EqualTo(1), "the first OPEN gets ENOSYS, and no other is sent");
        Assert.That(mount.Count(FuseOpcode.OpenDir), Is.EqualTo(1));
        Assert.That(mount.Count(FuseOpcode.Flush), Is.LessThanOrEqualTo(1));
        Assert.That(mount.Count(FuseOpcode.Release), Is.Zero);
        Assert.That(mount.Count(FuseOpcode.ReleaseDir), Is.Zero);
    }

    [Test]
    public async Task Opens_are_answered_where_zero_message_opens_are_off()
    {
        await using MemoryMount mount = await MemoryMount.StartAsync(sessionOptions: new FuseSessionOptions { ZeroMessageOpens = false });
        Assert.That((await mount.RunAsync("cat \"$1/hello.txt\" \"$1/hello.txt\"; ls \"$1\" >/dev/null")).ExitCode, Is.Zero);
        Assert.That(mount.Count(FuseOpcode.Open), Is.EqualTo(2));
        Assert.That(mount.Count(FuseOpcode.OpenDir), Is.EqualTo(1));
    }

    [Test]
    public async Task Direct_reads_seeks_and_maps_work()
    {
        await using MemoryMount mount = await MemoryMount.StartAsync();
        ShellResult direct = await mount.RunAsync("dd if=\"$1/big.bin\" iflag=direct bs=256k status=none");
        ShellResult seeks = await mount.RunAsync("""
            python3 - "$1/big.bin" <<'END'
            import mmap, os, sys
            fd = os.open(sys.argv[1], os.O_RDONLY)
            size = os.fstat(fd).st_size
            print(size, os.lseek(fd, 0, os.SEEK_DATA), os.lseek(fd, 100, os.SEEK_HOLE))
            try:
                os.lseek(fd, size, os.SEEK_DATA)
            except OSError as error:
                print(error.errno)
            m = mmap.mmap(fd, 0, prot=mmap.PROT_READ)
            print(all(m[i] == i % 251 for i in range(0, size, 4093)), len(os.pread(fd, 100, size - 40)))
            END
            """);
        Assert.That(direct.Output.AsSpan().SequenceEqual(TestTree.Ramp(TestTree.BigSize)));
        Assert.That(seeks.Text, Is.EqualTo($"{TestTree.BigSize} 0 {TestTree.BigSize}\n6\nTrue 40\n"), seeks.Errors);
        Assert.That(mount.Count(FuseOpcode.LSeek), Is.EqualTo(3));
    }

    [Test]
    public async Task Attributes_and_extended_attributes_arrive()
    {
        await using MemoryMount mount = await MemoryMount.StartAsync();
        ShellResult stat = await mount.RunAsync("stat -c '%a %s %b %Y %h %F' \"$1/dir/nested/deep.bin\" \"$1/dir\"");
        ShellResult xattrs = await mount.RunAsync("""
            python3 -c '
            import os, sys
            path = sys.argv[1] + "/hello.txt"
            print(os.listxattr(path), os.getxattr(path, "user.test.name"))
            try:
                os.getxattr(path, "user.none")
            except OSError as error:
                print(error.errno)
            ' "$1"
            """);
        ShellResult df = await mount.RunAsync("stat -f -c '%b %l' \"$1\"");
        Assert.That(stat.Text, Is.EqualTo("444 70000 137 1700000000 1 regular file\n555 0 0 1700000000 2 directory\n"));
        Assert.That(xattrs.Text, Is.EqualTo("['user.test.name'] b'hello.txt'\n61\n"), xattrs.Errors);
        Assert.That(df.Text, Is.EqualTo("1000 255\n"));
    }

    [Test]
    public async Task Every_change_is_refused_with_EROFS()
    {
        await using MemoryMount mount = await MemoryMount.StartAsync();
        ShellResult changes = await mount.RunAsync("""
            cd "$1"
            for change in 'touch new' 'mkdir new' 'rm hello.txt' 'rmdir hollow' 'mv hello.txt other' 'ln hello.txt other' \
                'ln -s hello.txt other' 'chmod 600 hello.txt' 'chown 1 hello.txt' 'truncate -s 1 hello.txt' 'touch hello.txt'; do
                $change 2>&1 | grep -q 'Read-only file system' || echo "not refused: $change"
            done
            sh -c 'echo x >> hello.txt' 2>&1 | grep -q 'Read-only file system' || echo "written"
            """);
        Assert.That(changes.Text, Is.Empty);
    }

    [Test]
    public async Task A_mount_that_may_be_written_still_refuses_changes()
    {
        await using MemoryMount mount = await MemoryMount.StartAsync(new FuseMountOptions { Source = "test", ReadOnly = false });
        ShellResult changes = await mount.RunAsync("""
            python3 - "$1" <<'END'
            import os, sys, errno
            root = sys.argv[1]
            f = root + "/hello.txt"
            changes = [lambda: os.mkdir(root + "/new"), lambda: os.open(root + "/new", os.O_CREAT | os.O_WRONLY), lambda: os.unlink(f),
                lambda: os.rmdir(root + "/hollow"), lambda: os.rename(f, f + "2"), lambda: os.link(f, f + "2"), lambda: os.symlink(f, f + "2"),
                lambda: os.mknod(root + "/node"), lambda: os.chmod(f, 0o600), lambda: os.truncate(f, 1), lambda: os.open(f, os.O_WRONLY),
                lambda: os.open(f, os.O_RDWR), lambda: os.setxattr(f, "user.x", b"1"), lambda: os.removexattr(f, "user.x")]
            for i, change in enumerate(changes):
                try:
                    change()
                    print(i, "succeeded")
                except OSError as error:
                    if error.errno != errno.EROFS:
                        print(i, error)
            fd = os.open(f, os.O_RDONLY)
            os.fsync(fd)
            try:
                import fcntl, array
                fcntl.ioctl(fd, 0x6601, array.array("l", [0]))
            except OSError as error:
                print(error.errno == errno.ENOTTY)
            END
            """);
        Assert.That(changes.Text, Is.EqualTo("True\n"), changes.Errors);
    }

    [Test]
    public async Task The_mount_table_shows_what_was_asked_for()
    {
        await using MemoryMount mount = await MemoryMount.StartAsync(new FuseMountOptions { Source = "s3mount#bucket/a b,c\\d", AllowOther = true, NoExec = true });
        MountTableEntry entry = MountTable.Find(mount.Path)!;
        Assert.That(entry.FileSystemType, Is.EqualTo("fuse.s3mount"));
        Assert.That(entry.Source, Is.EqualTo("s3mount#bucket/a b,c\\d"));
        Assert.That(entry.Options.Split(','), Is.SupersetOf(new[] { "ro", "nosuid", "nodev", "noexec", "user_id=0", "group_id=0", "default_permissions", "allow_other", "max_read=1048576" }));
    }

    [Test]
    public async Task Readahead_is_raised_and_reads_grow()
    {
        await using MemoryMount mount = await MemoryMount.StartAsync();
        Assert.That(mount.Mount.TrySetReadahead(1024));
        Assert.That((await mount.RunAsync("cat \"$1/big.bin\" | wc -c")).Text.Trim(), Is.EqualTo($"{TestTree.BigSize}"));
        // 5 MiB in READs of up to 1 MiB; with 128 KiB there would be 41.
        Assert.That(mount.Count(FuseOpcode.Read), Is.InRange(5, 20));
    }

    // find asks statfs(2) of every mount that it enters; the kernel has no cache for the answer.
    private static long RequestsWithoutStatFs(MemoryMount mount) => mount.Session.Statistics.Requests - mount.Count(FuseOpcode.StatFs);
}
