using S3Mount.Doctor;
using S3Mount.Doctor.Machine;

namespace S3Mount.Tests.Doctor;

/// <summary>The directory of --cache.</summary>
[TestFixture]
public sealed class DiskCheckTests
{
    private MachineRoot _root = null!;
    private string _cache = "";

    [SetUp]
    public void MakeDirectory()
    {
        _root = new MachineRoot();
        _root.Machine = _root.Machine with { User = S3Mount.Interop.LibC.GetEffectiveUid() };
        _cache = _root["cache"];
    }

    [TearDown]
    public void RemoveDirectory() => _root.Dispose();

    [Test]
    public async Task A_directory_on_a_disk_is_written_and_left_as_it_was()
    {
        Directory.CreateDirectory(_cache, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        CheckResult result = await CheckAsync("ext4", isQuick: false);
        Assert.That(result.Detail, Does.Match($"^{_cache} on ext4, [0-9.]+ [GT]iB of [0-9.]+ [GT]iB free, written at [0-9.]+ MB/s$"));
        Assert.That(Directory.GetFileSystemEntries(_cache), Is.Empty);
    }

    [Test]
    public async Task A_quick_look_writes_nothing()
    {
        Directory.CreateDirectory(_cache, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        CheckResult result = await CheckAsync("ext4");
        Assert.That((result.Outcome, result.Detail), Is.EqualTo((CheckOutcome.Ok, result.Detail)));
        Assert.That(result.Detail, Does.EndWith("iB free"));
    }

    [Test]
    public async Task A_directory_that_is_missing_is_not_made()
    {
        CheckResult result = await CheckAsync("xfs", isQuick: false);
        Assert.That(result.Outcome, Is.EqualTo(CheckOutcome.Ok));
        Assert.That(result.Detail, Does.StartWith($"{_cache} (to be made) on xfs, ").And.EndsWith("iB free"));
        Assert.That(Directory.Exists(_cache), Is.False);
    }

    [TestCase("tmpfs", "that is memory, taken beside --memory: choose a directory on a disk")]
    [TestCase("nfs4", "that is a file system over the network: choose a directory on a local disk")]
    [TestCase("fuse.sshfs", "that is a file system over the network: choose a directory on a local disk")]
    public async Task What_is_no_local_disk_is_told(string type, string advice)
    {
        CheckResult result = await CheckAsync(type);
        Assert.That((result.Outcome, result.Advice), Is.EqualTo((CheckOutcome.Warning, advice)));
    }

    [Test]
    public async Task What_a_mount_would_refuse_fails()
    {
        await File.WriteAllTextAsync(_cache, "");
        CheckResult file = await CheckAsync("ext4");
        Assert.That((file.Outcome, file.Detail), Is.EqualTo((CheckOutcome.Failed, $"{_cache} is a file")));
        File.Delete(_cache);
        Directory.CreateDirectory(_cache);
        File.SetUnixFileMode(_cache, (UnixFileMode)0x1ff);
        CheckResult open = await CheckAsync("ext4");
        Assert.That((open.Outcome, open.Detail), Is.EqualTo((CheckOutcome.Failed, $"{_cache} can be written by other users: chmod go-w {_cache}")));
    }

    private Task<CheckResult> CheckAsync(string type, bool isQuick = true) =>
        new DiskCheck(_root.Machine with { Mounts = () => [MachineRoot.Mount("/", type)] }, _cache, isQuick).RunAsync(CancellationToken.None);
}
