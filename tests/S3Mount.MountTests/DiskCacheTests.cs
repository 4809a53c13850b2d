using S3Mount.MountTests.Mounting;
using S3Mount.MountTests.Stores;
using S3Mount.Testing;
using S3Mount.Testing.Processes;
using S3Mount.Testing.S3Server;

namespace S3Mount.MountTests;

/// <summary>What one mount has read, the next has on its disk: counted by the store.</summary>
[Category("mount")]
[CancelAfter(180_000)]
public sealed class DiskCacheTests : MountTest
{
    private const string Bucket = "dataset";
    private const int Files = 120;
    private const int LargeLength = (24 << 20) + 4321;

    private static readonly TimeSpan _patience = TimeSpan.FromSeconds(40);

    private S3TestServer _server = null!;
    private S3Bucket _bucket = null!;
    private string _cache = null!;
    private string _expected = null!;

    [SetUp]
    public async Task Start_a_store()
    {
        _server = await S3TestServer.StartAsync();
        _bucket = _server.CreateBucket(Bucket);
        string reference = NewDirectory().Path;
        Directory.CreateDirectory(Path.Combine(reference, "train"));
        for (int i = 0; i < Files; i++)
            Put(reference, $"train/img{i:d3}.jpg", Ramp.Create(1 + (i * 1777), i));
        Put(reference, "train/shard.tar", Ramp.Create(LargeLength, 5));
        _cache = Path.Combine(NewDirectory().Path, "cache");
        _expected = await DigestsAsync(reference);
    }

    [TearDown]
    public async Task End_the_store() => await _server.DisposeAsync();

    [Test]
    public async Task A_second_mount_reads_everything_from_the_disk()
    {
        MountedBucket first = await MountAsync();
        Assert.That(await DigestsAsync(first.Path), Is.EqualTo(_expected));
        await first.EndAsync();
        Assert.That(new DirectoryInfo(Path.Combine(_cache, "blocks")).UnixFileMode, Is.EqualTo(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute));
        // As who has moved it to a larger disk.
        string link = Path.Combine(NewDirectory().Path, "link");
        File.CreateSymbolicLink(link, _cache);
        _cache = link;
        MountedBucket second = await MountAsync();
        _server.ResetStatistics();
        Assert.That(await DigestsAsync(second.Path), Is.EqualTo(_expected));
        Assert.That(_server.Requests.Count(S3Operation.GetObject), Is.Zero);
        await second.EndAsync();
        Assert.That(second.Log, Does.Not.Contain("WARN"));
    }

    [Test]
    public async Task An_object_that_was_overwritten_between_is_fetched_and_nothing_else()
    {
        MountedBucket first = await MountAsync();
        Assert.That(await DigestsAsync(first.Path), Is.EqualTo(_expected));
        await first.EndAsync();
        _bucket.Put("train/img007.jpg", "overwritten");
        MountedBucket second = await MountAsync("--metadata-ttl", "1s");
        await Eventually.IsTrueAsync(async () => (await Client.ShellAsync("cat $1/train/img007.jpg", second.Path)).Output == "overwritten", _patience, "the new version is seen");
        _server.ResetStatistics();
        await DigestsAsync(second.Path);
        Assert.That(_server.Requests.Count(S3Operation.GetObject), Is.LessThanOrEqualTo(1));
    }

    [Test]
    public async Task What_a_daemon_that_was_killed_had_written_is_taken_over()
    {
        MountedBucket killed = await MountAsync();
        Assert.That(await DigestsAsync(killed.Path), Is.EqualTo(_expected));
        long all = Files * 100_000L + LargeLength;
        await Eventually.IsTrueAsync(() => SizeOnDisk() > all * 9 / 10, _patience, "what was read is written");
        ProcessSignals.Send(killed.DaemonId, ProcessSignals.Kill);
        await Eventually.IsTrueAsync(() => DaemonProcesses.Of(killed.Path).Count == 0, _patience, "the daemon is gone");
        await killed.AbandonAsync();

        MountedBucket mount = await MountAsync();
        _server.ResetStatistics();
        Assert.That(await DigestsAsync(mount.Path), Is.EqualTo(_expected));
        // What was just being written is all that may be missing.
        Assert.That(_server.Requests.Count(S3Operation.GetObject), Is.LessThan(Files / 5));
        await mount.EndAsync();
        Assert.That(Directory.GetFiles(Path.Combine(_cache, "blocks")), Is.All.EndsWith(".segment"));
        Assert.That(mount.Log, Does.Not.Contain("WARN"));
    }

    [Test]
    public async Task A_daemon_that_is_killed_while_it_writes_leaves_nothing_wrong()
    {
        for (int attempt = 0; attempt < 3; attempt++)
        {
            MountedBucket killed = await MountAsync();
            await using (ChildProcess reader = await Client.StartAsync("/bin/bash", "-c", "cat \"$1\"/train/* > /dev/null", "bash", killed.Path))
            {
                long before = SizeOnDisk();
                await Eventually.IsTrueAsync(() => SizeOnDisk() > before + 100_000 || reader.HasExited, _patience, "something is written");
                ProcessSignals.Send(killed.DaemonId, ProcessSignals.Kill);
                await Eventually.IsTrueAsync(() => DaemonProcesses.Of(killed.Path).Count == 0, _patience, "the daemon is gone");
                await killed.AbandonAsync();
            }
        }
        MountedBucket mount = await MountAsync();
        Assert.That(await DigestsAsync(mount.Path), Is.EqualTo(_expected));
    }

    [Test]
    public async Task Two_mounts_share_a_directory()
    {
        MountedBucket first = await MountAsync("--max-cache-size", "256MiB"), second = await MountAsync("--max-cache-size", "256MiB");
        Assert.That(await DigestsAsync(first.Path), Is.EqualTo(_expected));
        await Eventually.IsTrueAsync(() => Directory.GetFiles(Path.Combine(_cache, "blocks"), "*.writing").Length == 0, _patience, "what the first has read is complete");
        int segments = Directory.GetFiles(Path.Combine(_cache, "blocks")).Length;
        Assert.That(segments, Is.GreaterThan(2));
        // The other looks every ten seconds.
        await Eventually.IsTrueAsync(() => OpenSegments(second) >= segments, _patience, "the second has seen it");
        _server.ResetStatistics();
        Assert.That(await DigestsAsync(second.Path), Is.EqualTo(_expected));
        Assert.That(_server.Requests.Count(S3Operation.GetObject), Is.Zero);
        await first.EndAsync();
        await second.EndAsync();
        Assert.That(first.Log + second.Log, Does.Not.Contain("WARN"));
    }

    [Test]
    public async Task A_cache_that_is_damaged_deleted_or_full_of_other_files_while_it_is_mounted_gives_no_wrong_byte()
    {
        MountedBucket first = await MountAsync();
        await DigestsAsync(first.Path);
        await first.EndAsync();
        MountedBucket mount = await MountAsync();
        foreach (string damage in (string[])["for f in *; do printf wrong | dd of=$f bs=1 seek=100000 conv=notrunc; done", "for f in *; do truncate -s 70000 $f; done", "rm -f *; echo other > other.segment; head -c 5000 /dev/urandom > 0123456789abcdef.segment"])
        {
            await Client.ShellAsync($"cd \"$1\"/blocks && {damage}", _cache);
            await DropPagesAsync(mount);
            Assert.That(await DigestsAsync(mount.Path), Is.EqualTo(_expected), damage);
        }
        await Client.ShellAsync("rm -rf \"$1\"", _cache);
        await DropPagesAsync(mount);
        Assert.That(await DigestsAsync(mount.Path), Is.EqualTo(_expected));
        await mount.EndAsync();
    }

    private Task<MountedBucket> MountAsync(params string[] arguments) =>
        MountAsync(new MountSetup { Store = StoreAddress.Of(_server), Target = Bucket, Arguments = ["--cache", _cache, .. arguments] });

    private void Put(string reference, string key, byte[] bytes)
    {
        _bucket.Put(key, bytes);
        File.WriteAllBytes(Path.Combine(reference, key), bytes);
    }

    private long SizeOnDisk() => Directory.Exists(Path.Combine(_cache, "blocks")) ? new DirectoryInfo(Path.Combine(_cache, "blocks")).GetFiles().Sum(file => file.Length) : 0;

    private static int OpenSegments(MountedBucket mount) =>
        Directory.GetFiles($"/proc/{mount.DaemonId}/fd").Count(fd => File.ResolveLinkTarget(fd, returnFinalTarget: false)?.FullName.EndsWith(".segment", StringComparison.Ordinal) ?? false);

    // Else the kernel would not ask the daemon again.
    private static Task<ChildResult> DropPagesAsync(MountedBucket mount) =>
        Client.ShellAsync("for f in \"$1\"/train/*; do dd if=\"$f\" iflag=nocache count=0 status=none; done", mount.Path);

    private static async Task<string> DigestsAsync(string path) => (await Client.ShellAsync("cd \"$1\" && sha256sum train/*", path)).Output;
}
