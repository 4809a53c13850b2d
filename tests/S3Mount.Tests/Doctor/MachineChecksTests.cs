using Mono.Unix.Native;
using S3Mount.Doctor;
using S3Mount.Doctor.Machine;

namespace S3Mount.Tests.Doctor;

/// <summary>Each check of the machine, on machines that are well and on such that are not.</summary>
[TestFixture]
internal sealed class MachineChecksTests
{
    private MachineRoot _root = null!;

    [SetUp]
    public void MakeRoot() => _root = new MachineRoot();

    [TearDown]
    public void RemoveRoot() => _root.Dispose();

    [Test]
    public async Task A_machine_that_is_well_passes_all([Values(0u, 1000u)] uint user)
    {
        _root.Machine = _root.Machine with { User = user };
        IReadOnlyList<ICheck> checks = DoctorChecks.OfMachine(_root.Machine, new Findings(), cache: null, TimeSpan.FromMinutes(5), isQuick: false);
        foreach (ICheck check in checks)
            Assert.That((await check.RunAsync(CancellationToken.None)).Outcome, Is.EqualTo(user == 0 && check is FusermountCheck ? CheckOutcome.Skipped : CheckOutcome.Ok), check.Name);
        Assert.That(checks.Select(check => check.Name), Is.Unique.And.All.Matches<string>(name => name.Length < DoctorText.NameWidth));
    }

    [TestCase("6.18.1", CheckOutcome.Ok, "Linux 6.18.1")]
    [TestCase("5.4.0-42-generic", CheckOutcome.Ok, "Linux 5.4.0-42-generic; 6.16 and newer list large directories with attributes sooner")]
    [TestCase("6.10.2", CheckOutcome.Warning, "Linux 6.10.2 keeps stale directories, so it is not let keep any")]
    [TestCase("5.3.18", CheckOutcome.Failed, "Linux 5.3.18 is too old")]
    [TestCase("4.19+", CheckOutcome.Failed, "Linux 4.19+ is too old")]
    [TestCase("unknown", CheckOutcome.Warning, "its version cannot be read ('unknown')")]
    public async Task The_kernel_must_be_new_enough(string release, CheckOutcome outcome, string detail)
    {
        _root.Write("proc/sys/kernel/osrelease", release + "\n");
        await Expect(new KernelCheck(_root.Machine), outcome, detail);
    }

    [TestCase(1000u, Errno.ENOENT, "does not exist", "modprobe fuse")]
    [TestCase(1000u, Errno.EACCES, "user 1000 may not open it", "chmod 666 /dev/fuse")]
    [TestCase(0u, Errno.EPERM, "may not be opened, though by root", "--device /dev/fuse")]
    [TestCase(0u, Errno.ENODEV, "the kernel has no FUSE", "modprobe fuse")]
    [TestCase(0u, Errno.EIO, "cannot be opened (EIO)", "dmesg")]
    public async Task The_device_must_open(uint user, Errno error, string detail, string advice)
    {
        _root.Machine = _root.Machine with { User = user, OpenDevice = _ => error };
        CheckResult result = await Expect(new DeviceCheck(_root.Machine), CheckOutcome.Failed, detail);
        Assert.That(result.Advice, Does.Contain(advice));
    }

    [TestCase(0u, MachineRoot.WithoutSysAdmin, MachineRoot.AllCapabilities, 0, "root without CAP_SYS_ADMIN, not in a container, as far as can be seen: the kernel refuses to mount")]
    [TestCase(1000u, "0000000000000000", MachineRoot.WithoutSysAdmin, 0, "user 1000, not in a container, as far as can be seen, where not even root has CAP_SYS_ADMIN")]
    [TestCase(1000u, "0000000000000000", MachineRoot.AllCapabilities, 1, "user 1000 with no_new_privs, not in a container, as far as can be seen: fusermount3 cannot become root")]
    public async Task Privileges_that_are_taken_away_are_seen(uint user, string effective, string bounding, int noNewPrivileges, string detail)
    {
        _root.Machine = _root.Machine with { User = user };
        _root.WriteStatus(effective, bounding, noNewPrivileges);
        await Expect(new PrivilegeCheck(_root.Machine), CheckOutcome.Failed, detail);
    }

    [Test]
    public async Task A_user_without_capabilities_mounts_with_fusermount3()
    {
        _root.WriteStatus(effective: "0000000000000000");
        await Expect(new PrivilegeCheck(_root.Machine), CheckOutcome.Ok, "user 1000, who mounts with fusermount3, not in a container, as far as can be seen");
        _root.Write(".dockerenv", "");
        await Expect(new PrivilegeCheck(_root.Machine), CheckOutcome.Ok, "user 1000, who mounts with fusermount3, in a container");
    }

    [Test]
    public async Task Fusermount3_must_be_there_for_users()
    {
        await Expect(new FusermountCheck(_root.Machine), CheckOutcome.Ok, "/usr/bin/fusermount3, with its set-user-ID bit");
        File.SetUnixFileMode(_root["usr/bin/fusermount3"], UnixFileMode.UserRead | UnixFileMode.UserExecute);
        await Expect(new FusermountCheck(_root.Machine), CheckOutcome.Failed, "/usr/bin/fusermount3 has no set-user-ID bit");
        File.Delete(_root["usr/bin/fusermount3"]);
        await Expect(new FusermountCheck(_root.Machine), CheckOutcome.Failed, "not found");
        await Expect(new FusermountCheck(_root.Machine with { User = 0 }), CheckOutcome.Skipped, "root mounts without it, and it is not installed: users cannot mount");
    }

    [Test]
    public async Task Fusermount3_is_looked_for_in_the_path()
    {
        File.Delete(_root["usr/bin/fusermount3"]);
        string program = _root.Write("opt/bin/fusermount3", "");
        File.SetUnixFileMode(program, UnixFileMode.UserRead | UnixFileMode.SetUser);
        await Expect(new FusermountCheck(_root.Machine with { Variable = name => name == "PATH" ? "/opt/bin" : null }), CheckOutcome.Ok, "/opt/bin/fusermount3, with its set-user-ID bit");
    }

    [Test]
    public async Task Users_may_let_others_in_where_the_administrator_says_so()
    {
        await Expect(new OtherUsersCheck(_root.Machine), CheckOutcome.Ok, "users may let others in");
        _root.Write("etc/fuse.conf", "#user_allow_other\n");
        await Expect(new OtherUsersCheck(_root.Machine), CheckOutcome.Warning, "users may not let others in");
        File.Delete(_root["etc/fuse.conf"]);
        await Expect(new OtherUsersCheck(_root.Machine), CheckOutcome.Warning, "users may not let others in");
        await Expect(new OtherUsersCheck(_root.Machine with { User = 0 }), CheckOutcome.Ok, "root may let others in");
    }

    [TestCase("1024                 1024 ", CheckOutcome.Ok, "at most 1024")]
    [TestCase("256                  256  ", CheckOutcome.Warning, "at most 256, which a disk cache and many connections may need all of")]
    [TestCase("unlimited            unlimited", CheckOutcome.Ok, "at most unlimited")]
    public async Task The_hard_limit_of_open_files_counts(string limits, CheckOutcome outcome, string detail)
    {
        _root.Write("proc/self/limits", $"Max cpu time              unlimited            unlimited            seconds   \nMax open files            {limits}                files     \n");
        await Expect(new OpenFilesCheck(_root.Machine), outcome, detail);
    }

    [Test]
    public async Task What_limits_do_not_tell_is_skipped()
    {
        File.Delete(_root["proc/self/limits"]);
        await Expect(new OpenFilesCheck(_root.Machine), CheckOutcome.Skipped, "/proc/self/limits does not tell");
    }

    [TestCase(16777216, CheckOutcome.Ok, "16.0 GiB by cgroup and machine; --memory would be 4.0 GiB", 16L << 30)]
    [TestCase(262144, CheckOutcome.Warning, "256.0 MiB by cgroup and machine; --memory would be 128.0 MiB", 256L << 20)]
    public async Task Memory_is_that_of_cgroup_and_machine(long kibibytes, CheckOutcome outcome, string detail, long found)
    {
        _root.Write("proc/meminfo", $"MemTotal:       {kibibytes} kB\n");
        var findings = new Findings();
        await Expect(new MemoryCheck(_root.Machine, findings), outcome, detail);
        Assert.That(findings.MemoryLimit, Is.EqualTo(found));
    }

    [TestCase(0, 300, CheckOutcome.Ok, "none: the kernel never aborts a mount that waits")]
    [TestCase(600, 300, CheckOutcome.Ok, "the kernel aborts a mount that has not answered for 600 s")]
    [TestCase(60, 300, CheckOutcome.Warning, "the kernel aborts a mount that has not answered for 60 s: reads wait for a store in trouble for 45 s at most")]
    [TestCase(600, -1, CheckOutcome.Warning, "the kernel aborts a mount that has not answered for 600 s: reads wait for a store in trouble for 570 s at most")]
    public async Task The_kernels_patience_is_beside_the_mounts(int timeout, int deadline, CheckOutcome outcome, string detail)
    {
        _root.Write("proc/sys/fs/fuse/max_request_timeout", $"{timeout}\n");
        await Expect(new RequestTimeoutCheck(_root.Machine, deadline < 0 ? Timeout.InfiniteTimeSpan : TimeSpan.FromSeconds(deadline)), outcome, detail);
    }

    [Test]
    public async Task Mounts_whose_daemon_has_ended_are_named()
    {
        _root.Machine = _root.Machine with
        {
            Mounts = () => [MachineRoot.Mount("/mnt/a", "fuse.s3mount"), MachineRoot.Mount("/mnt/b", "fuse.s3mount"), MachineRoot.Mount("/mnt/c", "fuse.sshfs"), MachineRoot.Mount("/", "ext4")],
            IsDead = mountpoint => mountpoint is "/mnt/b" or "/mnt/c",
        };
        CheckResult result = await Expect(new DeadMountsCheck(_root.Machine), CheckOutcome.Warning, "the daemon of /mnt/b has ended");
        Assert.That(result.Advice, Does.StartWith("s3mount umount /mnt/b"));
        await Expect(new DeadMountsCheck(_root.Machine with { IsDead = _ => false }), CheckOutcome.Ok, "2 of s3mount; s3mount status tells how they do");
    }

    private static async Task<CheckResult> Expect(ICheck check, CheckOutcome outcome, string detail)
    {
        CheckResult result = await check.RunAsync(CancellationToken.None);
        Assert.That((result.Outcome, result.Detail), Is.EqualTo((outcome, detail)));
        return result;
    }
}
