using System.Runtime.CompilerServices;
using S3Mount.Testing.Processes;

namespace S3Mount.Tests;

[TestFixture]
public sealed class ServiceUnitTests
{
    private static readonly string _unit = Path.Combine(Root(), "systemd/s3mount@.service");

    [Test]
    [CancelAfter(60_000)]
    public async Task Systemd_finds_nothing_wrong_with_the_unit(CancellationToken cancellationToken)
    {
        if (!File.Exists("/usr/bin/systemd-analyze") || Environment.UserName != "root")
            Assert.Ignore("needs systemd-analyze and root");
        // In a mount namespace of its own the program is where an installed one would be.
        ChildResult result = await ChildProcess.RunAsync(
            "unshare",
            ["-m", "sh", "-c", "mount -t tmpfs none /usr/local/sbin && ln -s \"$1\" /usr/local/sbin/s3mount && systemd-analyze verify \"$2\"", "sh", Path.Combine(AppContext.BaseDirectory, "s3mount"), _unit],
            cancellationToken: cancellationToken);
        Assert.That((result.ExitCode, result.Output, result.Error), Is.EqualTo((0, "", "")));
    }

    /// <summary>
    /// 4.7 of 10 with systemd 252; 9.6 without any of it. What is left is mostly what a mount cannot be without: root, the network, CAP_SYS_ADMIN, and no
    /// mount namespace. One option less is found, but for LockPersonality=, which counts for too little.
    /// </summary>
    [Test]
    [CancelAfter(60_000)]
    public async Task Systemd_finds_the_service_exposed_no_more_than_it_has_to_be(CancellationToken cancellationToken)
    {
        if (!File.Exists("/usr/bin/systemd-analyze"))
            Assert.Ignore("needs systemd-analyze");
        ChildResult result = await ChildProcess.RunAsync("systemd-analyze", ["security", "--offline=true", "--no-pager", "--threshold=47", _unit], cancellationToken: cancellationToken);
        Assert.That((result.ExitCode, result.Error), Is.EqualTo((0, "")), result.Output);
        Assert.That(result.Output, Does.Contain("Overall exposure level"));
    }

    /// <summary>systemd.exec(5): each of these gives the service a mount namespace, in which nobody else sees the mount.</summary>
    [Test]
    public void Nothing_in_the_unit_hides_the_mount_from_the_machine()
    {
        string[] options = [.. File.ReadLines(_unit).Where(line => line.Contains('=', StringComparison.Ordinal) && line[0] != '#').Select(line => line[..line.IndexOf('=', StringComparison.Ordinal)])];
        Assert.That(options, Does.Contain("ExecStart"));
        Assert.That(options.Where(option => option.StartsWith("Private", StringComparison.Ordinal) || option.StartsWith("Protect", StringComparison.Ordinal)
            || option.EndsWith("Paths", StringComparison.Ordinal) || option is "DynamicUser" or "MountFlags" or "RootDirectory" or "RootImage" or "TemporaryFileSystem"), Is.Empty);
        Assert.That(options, Does.Not.Contain("MemoryDenyWriteExecute"), "code is compiled while it runs");
        Assert.That(options, Does.Not.Contain("NoNewPrivileges"), "a drop-in with User= needs fusermount3");
    }

    /// <summary>Credentials are not for the file that says what is mounted; without them the instance's role is asked.</summary>
    [Test]
    public void It_reads_one_file_for_each_instance_and_variables_if_there_are_any()
    {
        string[] lines = File.ReadAllLines(_unit);
        Assert.That(lines, Does.Contain("ExecStart=s3mount -f --config /etc/s3mount/%i.yaml").And.Contain("AssertPathExists=/etc/s3mount/%i.yaml").And.Contain("EnvironmentFile=-/etc/s3mount/%i.env"));
    }

    private static string Root([CallerFilePath] string here = "") => Path.GetFullPath(Path.Combine(Path.GetDirectoryName(here)!, "../.."));
}
