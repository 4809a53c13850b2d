using S3Mount.Configuration;
using S3Mount.Tests.CommandLine;

namespace S3Mount.Tests.Configuration;

public sealed class KernelTimeoutTests
{
    private string _root = "";

    [SetUp]
    public void MakeRoot() => _root = Directory.CreateTempSubdirectory("s3mount-sysctl-").FullName;

    [TearDown]
    public void RemoveRoot() => Directory.Delete(_root, recursive: true);

    [TestCase(null, null, null)]
    [TestCase("0", "0", null)]
    [TestCase("0", "600", 600)]
    [TestCase("300", "0", 300)]
    [TestCase("300", "60", 60)]
    [TestCase("60", "300", 60)]
    [TestCase("5", "0", 15, Description = "the kernel looks every 15 s")]
    [TestCase("soon", "60", 60)]
    public void It_is_the_lesser_of_what_the_administrator_has_set(string? byDefault, string? most, int? seconds)
    {
        Put("default_request_timeout", byDefault);
        Put("max_request_timeout", most);
        Assert.That(KernelTimeout.Read(_root)?.TotalSeconds, Is.EqualTo(seconds));
    }

    [TestCase(15, 8)]
    [TestCase(60, 45)]
    [TestCase(600, 570)]
    public void A_request_ends_well_before_the_kernel_would_abort_the_mount(int timeout, int deadline) =>
        Assert.That(KernelTimeout.LongestDeadline(TimeSpan.FromSeconds(timeout)).TotalSeconds, Is.EqualTo(deadline));

    [TestCase("5m", 45)]
    [TestCase("0", 45, Description = "for ever is longer than any timeout")]
    [TestCase("45s", null)]
    [TestCase("10s", null)]
    public void A_longer_deadline_is_cut_and_that_is_said(string asked, int? cutTo)
    {
        MountSettings settings = SettingsReader.Read(S3Mount.CommandLine.MountCommand.Parse(["bucket", "/mnt", "--io-deadline", asked]), Settings.Machine with { RequestTimeout = () => TimeSpan.FromSeconds(60) });
        Assert.That(settings.Warnings, cutTo is null ? Is.Empty : Has.One.Contains("max_request_timeout").And.One.Contains("45 s at most"));
        if (cutTo is { } seconds)
            Assert.That(settings.IoDeadline, Is.EqualTo(TimeSpan.FromSeconds(seconds)));
    }

    [Test]
    public void More_memory_than_the_cgroup_has_is_cut_and_that_is_said()
    {
        MountSettings Read(string memory) => SettingsReader.Read(S3Mount.CommandLine.MountCommand.Parse(["bucket", "/mnt", "--memory", memory]), Settings.Machine with { MemoryLimit = () => 512L << 20 });
        Assert.That(Read("362MiB").Warnings, Is.Empty);
        MountSettings cut = Read("4GiB");
        Assert.That((cut.Memory >> 20, cut.Warnings.Single()), Is.EqualTo((362L, "--memory: 4096 MiB are more than this process may have beside its own needs (its cgroup or the machine); 362 MiB are used")));
    }

    private void Put(string name, string? value)
    {
        if (value is null)
            return;
        string path = Path.Combine(_root, "proc/sys/fs/fuse", name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, value + "\n");
    }
}
