using S3Mount.MountTests.Mounting;
using S3Mount.MountTests.Stores;
using S3Mount.Testing;
using S3Mount.Testing.Processes;
using S3Mount.Testing.S3Server;

namespace S3Mount.MountTests;

/// <summary>
/// A user without privileges mounts, through fusermount3. Each test is one script in a mount namespace of its own, where /dev/fuse
/// is open to all, as udev makes it, and /etc/fuse.conf is the test's.
/// </summary>
[Category("mount")]
[CancelAfter(180_000)]
public sealed class UnprivilegedTests
{
    // $1: a directory of the test's own, $2: the program, $3: the store; user mounts, other is a third user.
    private const string Prologue = """
        exec 2>&1
        set -u
        base=$1 program=$2 url=$3 mnt=$1/mnt
        mkdir $mnt; chown 65534:65534 $mnt; chmod 755 $base
        mknod $base/fuse c 10 229; chmod ${device:-666} $base/fuse; mount --bind $base/fuse /dev/fuse
        echo "${conf:-}" > $base/conf; mount --bind $base/conf /etc/fuse.conf
        export HOME=/nonexistent
        as_user() { setpriv --reuid=65534 --regid=65534 --clear-groups -- "$@"; }
        as_other() { setpriv --reuid=12345 --regid=12345 --clear-groups -- "$@"; }
        mounts() { grep -c " $mnt " /proc/self/mountinfo; }
        daemon() { for process in /proc/[0-9]*; do { tr '\0' ' ' < $process/cmdline | grep -q "^[^ ]*s3mount .*$mnt"; } 2> /dev/null && echo ${process#/proc/}; done; }
        start() { as_user $program bucket $mnt --endpoint-url $url "$@"; echo "exit $?, $(mounts) mounted"; }
        ended() { for i in $(seq 200); do [ -z "$(daemon)" ] && { echo "ended, $(mounts) mounted"; return; }; sleep 0.1; done; echo "it goes on"; }
        trap 'kill -KILL $(daemon) 2>/dev/null' EXIT
        """;

    private S3TestServer _server = null!;

    [OneTimeSetUp]
    public async Task Start_a_store()
    {
        if (!File.Exists("/usr/bin/fusermount3"))
            Assert.Ignore("fusermount3 is missing (package fuse3)");
        _server = await S3TestServer.StartAsync();
        _server.CreateBucket("bucket").Put("dir/file", "secret\n");
    }

    [OneTimeTearDown]
    public async Task End_the_store()
    {
        if (_server is not null)
            await _server.DisposeAsync();
    }

    [Test]
    public async Task A_user_mounts_reads_and_unmounts_and_nobody_else_gets_in_not_even_root()
    {
        await AssertSaysAsync("""
            start
            as_user cat $mnt/dir/file
            as_user stat -c '%a %u %g' $mnt/dir/file
            as_other cat $mnt/dir/file
            cat $mnt/dir/file
            as_user $program umount $mnt; echo "exit $?"
            ended
            """,
            "exit 0, 1 mounted", "secret", "444 65534 65534", "cat: MNT/dir/file: Permission denied", "cat: MNT/dir/file: Permission denied", "exit 0", "ended, 0 mounted");
    }

    [TestCase("as_user $program umount $mnt")]
    [TestCase("as_user fusermount3 -u $mnt")]
    [TestCase("umount $mnt")]
    [TestCase("as_user kill -TERM $(daemon)")]
    [TestCase("as_user kill -INT $(daemon)")]
    public async Task A_users_mount_ends_in_order(string command) =>
        await AssertSaysAsync($"start; as_user cat $mnt/dir/file; {command}; ended", "exit 0, 1 mounted", "secret", "ended, 0 mounted");

    [Test]
    public async Task A_users_mount_answers_the_user_and_root_and_nobody_else() => await AssertSaysAsync("""
        unset XDG_RUNTIME_DIR
        start
        as_user $program refresh $mnt
        as_user $program status $mnt | head -n 1
        $program status $mnt | head -n 1
        as_other $program status $mnt
        as_user $program umount $mnt; ended
        ls -A /tmp/s3mount-65534
        """,
        "exit 0, 1 mounted", "1 directory listed, 1 entry: 0 new, 0 changed, 0 gone", "s3://bucket/ at MNT", "s3://bucket/ at MNT",
        "s3mount#bucket at MNT", "  MNT is mounted by user 65534: only that user and root may ask its daemon", "ended, 0 mounted");

    [Test]
    public async Task After_kill_9_the_user_mounts_again() => await AssertSaysAsync("""
        start
        kill -KILL $(daemon); ended
        start
        as_user cat $mnt/dir/file
        as_user $program umount $mnt; ended
        """,
        "exit 0, 1 mounted", "ended, 1 mounted", "s3mount: cleared the mount that an s3mount which died had left at MNT", "exit 0, 1 mounted", "secret", "ended, 0 mounted");

    [TestCase("--allow-other")]
    [TestCase("--allow-root")]
    public async Task Letting_others_in_is_refused_unless_fuse_conf_allows_it(string option) =>
        await AssertSaysAsync($"conf='#user_allow_other'; {Setup}start {option}",
            $"s3mount: {option} needs the line user_allow_other in /etc/fuse.conf (or root)", "exit 1, 0 mounted");

    [Test]
    public async Task Allow_other_lets_everybody_in() => await AssertSaysAsync($"""
        conf=user_allow_other; {Setup}start --allow-other
        as_user cat $mnt/dir/file; as_other cat $mnt/dir/file; cat $mnt/dir/file
        as_user $program umount $mnt; ended
        """,
        "exit 0, 1 mounted", "secret", "secret", "secret", "ended, 0 mounted");

    [Test]
    public async Task Allow_root_lets_in_root_and_keeps_others_out_of_what_the_page_cache_holds() => await AssertSaysAsync($"""
        conf=user_allow_other; {Setup}start --allow-root
        as_user cat $mnt/dir/file; cat $mnt/dir/file; as_other cat $mnt/dir/file; as_other ls $mnt
        as_user $program umount $mnt; ended
        """,
        "exit 0, 1 mounted", "secret", "secret", "cat: MNT/dir/file: Permission denied", "ls: cannot open directory 'MNT': Permission denied", "ended, 0 mounted");

    [Test]
    public async Task A_device_that_users_may_not_open_is_named() => await AssertSaysAsync($"device=600; {Setup}start",
        "s3mount: /usr/bin/fusermount3: failed to open /dev/fuse: Permission denied; load the module with 'modprobe fuse', let the container have /dev/fuse, and let users open it ('chmod 666 /dev/fuse', which udev does where it runs)",
        "exit 1, 0 mounted");

    // The bucket does not exist either: whoever asked the store would say that.
    [TestCase("rm $base/fuse; mkdir $base/dev; cp -a /dev/null /dev/zero /dev/urandom $base/dev; mount --bind $base/dev /dev; $program",
        "/dev/fuse does not exist: load the module with 'modprobe fuse', or let the container have /dev/fuse (--device /dev/fuse)")]
    [TestCase("umount /dev/fuse; rm $base/fuse; mknod $base/fuse c 10 254; mount --bind $base/fuse /dev/fuse; $program",
        "the kernel has no FUSE: load the module with 'modprobe fuse', or let the container have /dev/fuse (--device /dev/fuse)")]
    [TestCase("mount --bind $base/conf /usr/bin/fusermount3; as_user $program",
        "/usr/bin/fusermount3 cannot be executed (permission denied): install the package fuse3 anew (apt-get install --reinstall fuse3)")]
    [TestCase("mount --bind $base/conf /usr/bin/fusermount3; setpriv --bounding-set=-sys_admin --inh-caps=-sys_admin -- $program",
        "/usr/bin/fusermount3 cannot be executed (permission denied): install the package fuse3 anew (apt-get install --reinstall fuse3)")]
    public async Task A_machine_without_FUSE_is_named_before_the_store_is_asked(string prepare, string line)
    {
        long before = _server.Statistics.TotalRequests;
        await AssertSaysAsync($"{prepare} no-such-bucket $mnt --endpoint-url $url; echo \"exit $?, $(mounts) mounted\"", "s3mount: " + line, "exit 1, 0 mounted");
        Assert.That(_server.Statistics.TotalRequests, Is.EqualTo(before), "the store was asked");
    }

    [Test]
    public async Task A_directory_of_somebody_else_is_refused() => await AssertSaysAsync("chown 0:0 $mnt; start",
        "s3mount: /usr/bin/fusermount3: user has no write access to mountpoint MNT", "exit 1, 0 mounted");

    // Stands where a script sets variables that the prologue asks for.
    private const string Setup = "PROLOGUE";

    private async Task AssertSaysAsync(string script, params string[] lines)
    {
        using var directory = new TempDirectory("s3mount-user");
        script = script.Contains(Setup, StringComparison.Ordinal) ? script.Replace(Setup, Prologue + "\n", StringComparison.Ordinal) : Prologue + "\n" + script;
        ChildResult result = await ChildProcess.RunAsync(
            "unshare", ["-m", "bash", "-c", script + "\n", "bash", directory.Path, ProgramUnderTest.Path, _server.Url],
            new ChildProcessOptions { Environment = StoreAddress.Of(_server).Environment });
        string mountpoint = directory["mnt"];
        string said = result.Output.Replace(mountpoint, "MNT", StringComparison.Ordinal);
        Assert.That(said.Split('\n', StringSplitOptions.RemoveEmptyEntries), Is.EqualTo(lines), said);
        Assert.That(DaemonProcesses.Of(mountpoint), Is.Empty, "a daemon was left");
    }
}
