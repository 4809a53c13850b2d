using System.Text.RegularExpressions;
using Mono.Unix.Native;
using S3Mount.Fuse.Mounting;
using S3Mount.Testing;

namespace S3Mount.Fuse.Tests.Mounting;

/// <summary>
/// Mounts of a user without privileges, through fusermount3. Each test is one script in a mount namespace of its own, where
/// /dev/fuse is a node that users may open (mode 0666, as udev makes it) and /etc/fuse.conf is the test's.
/// </summary>
[Category("mount")]
[CancelAfter(120_000)]
[Platform("Linux")]
public sealed class UnprivilegedMountTests
{
    // $1: a directory of the test's own, $2: this assembly. as_user runs a command as nobody; serve starts the daemon there.
    private const string Prologue = """
        set -u
        base="$1" dll="$2" mnt="$1/mnt"
        mkdir "$mnt"; chown 65534:65534 "$mnt"; chmod 755 "$base"
        mknod "$base/fuse" c 10 229; chmod "${mode:-666}" "$base/fuse"; mount --bind "$base/fuse" /dev/fuse
        [ -n "${conf:-}" ] && { echo "$conf" > "$base/conf"; mount --bind "$base/conf" /etc/fuse.conf; }
        user="setpriv --reuid 65534 --regid 65534 --clear-groups"
        as_user() { $user "$@"; }
        other_user() { setpriv --reuid 12345 --regid 12345 --clear-groups "$@"; }
        export DOTNET_EnableDiagnostics=0
        mkfifo "$base/said"
        daemon=
        trap '[ -n "$daemon" ] && kill -KILL $daemon 2>/dev/null' EXIT
        serve() { (exec $user dotnet "$dll" serve "$mnt" "$@" > "$base/said") & daemon=$!; read -r said < "$base/said"; echo "$said"; }
        ended() { wait $daemon; echo "daemon $?"; daemon=; }
        """;

    [OneTimeSetUp]
    public static void RequireFusermount() => MountRequirements.RequireFusermount();

    [Test]
    public async Task A_user_mounts_reads_and_unmounts()
    {
        ShellResult result = await RunAsync("""
            serve
            as_user cat "$mnt/hello.txt"
            as_user sh -c 'sha256sum < "$0"' "$mnt/big.bin"
            cat "$mnt/hello.txt" 2>&1 | grep -o 'Permission denied'
            grep -c "fuse.s3mount test.*memory,.040two ro,.*user_id=65534,group_id=65534,default_permissions,max_read=1048576" /proc/self/mountinfo
            kill -TERM $daemon; ended
            grep -c "$mnt" /proc/self/mountinfo
            """);
        string sum = Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(TestTree.Ramp(TestTree.BigSize)));
        Assert.That(result.Text, Is.EqualTo($"mounted\nhello, world\n{sum}  -\nPermission denied\n1\ndaemon 0\n0\n"), result.Errors);
    }

    [Test]
    public async Task A_users_busy_mount_is_busy_and_can_be_detached()
    {
        ShellResult result = await RunAsync("""
            serve
            (exec $user sh -c 'cd "$0" && exec sleep 60' "$mnt") & sleeper=$!
            until [ "$(readlink /proc/$sleeper/cwd)" = "$mnt" ]; do :; done
            as_user dotnet "$dll" unmount "$mnt" | cut -d: -f1
            as_user dotnet "$dll" unmount "$mnt" lazy; echo "detached $?"
            kill $sleeper; ended
            as_user dotnet "$dll" unmount "$mnt" | cut -d: -f1
            """);
        Assert.That(result.Text, Is.EqualTo("mounted\nBusy\ndetached 0\ndaemon 0\nMountFailed\n"), result.Errors);
    }

    [Test]
    public async Task A_killed_daemon_leaves_a_dead_mount_that_its_user_can_clear()
    {
        ShellResult result = await RunAsync("""
            serve
            kill -KILL $daemon; ended
            as_user dotnet "$dll" serve "$mnt" | cut -d: -f1
            as_user dotnet "$dll" unmount "$mnt"; echo "cleared $?"
            serve
            as_user cat "$mnt/hello.txt"
            kill -TERM $daemon; ended
            """);
        Assert.That(result.Text, Is.EqualTo("mounted\ndaemon 137\nDeadMount\ncleared 0\nmounted\nhello, world\ndaemon 0\n"), result.Errors);
    }

    [Test]
    public async Task Letting_others_in_needs_the_line_in_fuse_conf()
    {
        ShellResult refused = await RunAsync("serve allow-other; grep -c \"$mnt\" /proc/self/mountinfo", "conf='# nothing'");
        Assert.That(refused.Text, Does.StartWith("AllowOtherForbidden: ").And.Contain("user_allow_other").And.EndWith("\n0\n"), refused.Errors);

        ShellResult allowed = await RunAsync("""
            serve allow-other
            other_user cat "$mnt/hello.txt"
            cat "$mnt/hello.txt"
            kill -TERM $daemon; ended
            """, "conf=user_allow_other");
        Assert.That(allowed.Text, Is.EqualTo("mounted\nhello, world\nhello, world\ndaemon 0\n"), allowed.Errors);
    }

    [Test]
    public async Task A_device_that_users_may_not_open_is_named()
    {
        ShellResult result = await RunAsync("serve", "mode=600");
        Assert.That(result.Text, Does.StartWith("NoDevice: ").And.Contain("chmod 666 /dev/fuse"), result.Errors);
    }

    [Test]
    public async Task A_directory_of_somebody_else_is_refused()
    {
        ShellResult result = await RunAsync("chown 0:0 \"$mnt\"; serve");
        Assert.That(result.Text, Does.StartWith("BadMountpoint: "), result.Errors);
    }

    [TestCase("chmod 644 $base/fusermount3", "cannot be executed (permission denied)")]
    [TestCase("chmod 755 $base/fusermount3", "cannot be executed (ENOEXEC)")]
    public async Task A_fusermount_that_cannot_be_executed_is_named(string prepare, string reason)
    {
        ShellResult result = await RunAsync($"""
            printf '\177nothing to run' > $base/fusermount3; {prepare}; mount --bind $base/fusermount3 /usr/bin/fusermount3
            serve
            """);
        Assert.That(result.Text, Does.Match($"^NoFusermount: /[a-z/]*/fusermount3 {Regex.Escape(reason)}: install [^\n]*\n$"), result.Errors);
    }

    [Test]
    public void A_fusermount_that_may_not_be_executed_is_passed_over()
    {
        using var first = new TempDirectory("s3mount-path");
        using var second = new TempDirectory("s3mount-path");
        first.Write("fusermount3", "");
        string program = second.Write("fusermount3", "");
        Syscall.chmod(program, FilePermissions.S_IRWXU);
        Assert.That(Fusermount.Locate($"{first.Path}:{second.Path}"), Is.EqualTo(program));
    }

    [Test]
    public void A_missing_fusermount_names_the_package() =>
        Assert.That(() => Fusermount.Locate("/nowhere:/proc"),
            Throws.TypeOf<FuseException>().With.Property("Failure").EqualTo(FuseFailure.NoFusermount).And.Message.Contains("apt-get install fuse3"));

    [Test]
    public void Commas_and_backslashes_of_the_source_are_escaped() =>
        Assert.That(Fusermount.OptionsOf(new FuseMountOptions { Source = @"s3#a,b\c", MaxRead = 4096 }),
            Is.EqualTo(@"ro,nosuid,nodev,default_permissions,max_read=4096,subtype=s3mount,fsname=s3#a\,b\\c"));

    [Test]
    public void Fusermount_is_told_that_nothing_may_be_run() =>
        Assert.That(Fusermount.OptionsOf(new FuseMountOptions { Source = "s", NoExec = true }), Does.StartWith("ro,nosuid,nodev,noexec,"));

    private static async Task<ShellResult> RunAsync(string script, string settings = "")
    {
        string directory = MemoryMount.NewDirectory();
        try
        {
            return await Shell.RunAsync("unshare -m sh -c \"$3\" sh \"$1\" \"$2\"",
                directory, typeof(Program).Assembly.Location, settings + "\n" + Prologue + "\n" + script);
        }
        finally
        {
            Directory.Delete(directory, recursive: true);
        }
    }
}
