using S3Mount.Configuration;

namespace S3Mount.Tests.Configuration;

[TestFixture]
public sealed class MemoryLimitTests
{
    private const long Machine = 64L << 30;
    private const string Unlimited1 = "9223372036854771712\n";

    private string _root = "";

    [SetUp]
    public void MakeRoot()
    {
        _root = Directory.CreateTempSubdirectory("s3mount-cgroup-").FullName;
        Put("proc/meminfo", $"MemTotal:       {Machine >> 10} kB\nMemFree:        1 kB\n");
    }

    [TearDown]
    public void RemoveRoot() => Directory.Delete(_root, recursive: true);

    [Test]
    public void Without_cgroups_it_is_the_machines_memory() => Assert.That(MemoryLimit.Read(_root), Is.EqualTo(Machine));

    [Test]
    public void Version_2_takes_the_least_limit_on_the_way_up()
    {
        Version2("/", "/kubepods/pod1/container");
        Put("sys/fs/cgroup/kubepods/memory.max", "max\n");
        Put("sys/fs/cgroup/kubepods/pod1/memory.max", $"{4L << 30}\n");
        Put("sys/fs/cgroup/kubepods/pod1/container/memory.max", $"{6L << 30}\n");
        Assert.That(MemoryLimit.Read(_root), Is.EqualTo(4L << 30));
    }

    [Test]
    public void Version_2_counts_memory_high_because_above_it_everything_crawls()
    {
        Version2("/", "/system.slice/s3mount.service");
        Put("sys/fs/cgroup/system.slice/s3mount.service/memory.max", "max\n");
        Put("sys/fs/cgroup/system.slice/s3mount.service/memory.high", $"{1L << 30}\n");
        Assert.That(MemoryLimit.Read(_root), Is.EqualTo(1L << 30));
    }

    [Test]
    public void Version_2_in_a_namespace_reads_the_mounts_own_root()
    {
        Version2("/", "/");
        Put("sys/fs/cgroup/memory.max", $"{2L << 30}\n");
        Assert.That(MemoryLimit.Read(_root), Is.EqualTo(2L << 30));
    }

    [Test]
    public void Version_1_takes_the_least_limit_on_the_way_up()
    {
        Version1("/", "/user.slice/session/job");
        Put("sys/fs/cgroup/memory/memory.limit_in_bytes", Unlimited1);
        Put("sys/fs/cgroup/memory/user.slice/memory.limit_in_bytes", $"{3L << 30}\n");
        Put("sys/fs/cgroup/memory/user.slice/session/memory.limit_in_bytes", Unlimited1);
        Put("sys/fs/cgroup/memory/user.slice/session/job/memory.limit_in_bytes", Unlimited1);
        Assert.That(MemoryLimit.Read(_root), Is.EqualTo(3L << 30));
    }

    [Test]
    public void Version_1_in_a_container_finds_its_cgroup_at_the_mounts_root()
    {
        Version1("/docker/0123", "/docker/0123");
        Put("sys/fs/cgroup/memory/memory.limit_in_bytes", $"{512L << 20}\n");
        Assert.That(MemoryLimit.Read(_root), Is.EqualTo(512L << 20));
    }

    [Test]
    public void A_limit_above_the_machine_is_no_limit()
    {
        Version1("/", "/");
        Put("sys/fs/cgroup/memory/memory.limit_in_bytes", Unlimited1);
        Assert.That(MemoryLimit.Read(_root), Is.EqualTo(Machine));
    }

    [TestCase(8L << 30, ExpectedResult = 2L << 30)]
    [TestCase(256L << 20, ExpectedResult = 128L << 20)]
    [TestCase(long.MaxValue, ExpectedResult = 128L << 20)]
    public long The_budget_is_a_quarter_and_at_least_128_MiB(long limit) => SettingsReader.DefaultMemory(limit);

    private void Version2(string root, string cgroup)
    {
        Put("proc/self/mountinfo", $"22 1 8:1 / / rw - ext4 /dev/sda1 rw\n30 22 0:26 {root} /sys/fs/cgroup rw,nosuid shared:9 - cgroup2 cgroup2 rw,nsdelegate\n");
        Put("proc/self/cgroup", $"0::{cgroup}\n");
    }

    private void Version1(string root, string cgroup)
    {
        Put("proc/self/mountinfo",
            $"31 22 0:27 {root} /sys/fs/cgroup/cpu rw - cgroup cgroup rw,cpu\n32 22 0:28 {root} /sys/fs/cgroup/memory rw shared:10 - cgroup cgroup rw,memory\n");
        Put("proc/self/cgroup", $"11:cpu:/elsewhere\n10:memory:{cgroup}\n");
    }

    private void Put(string path, string text)
    {
        string file = Path.Combine(_root, path);
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        File.WriteAllText(file, text);
    }
}
