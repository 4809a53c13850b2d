using Microsoft.Extensions.Logging;
using Mono.Unix.Native;
using S3Mount.FileSystem.Caching.Disk;
using S3Mount.FileSystem.Tests.Reading;
using S3Mount.Testing;
using S3Mount.Testing.Objects;
using S3Mount.Testing.Processes;

namespace S3Mount.FileSystem.Tests.Caching.Disk;

/// <summary>A disk that is full, cannot be written or goes away: readers notice nothing, and it is said once.</summary>
[CancelAfter(60_000)]
public sealed class DiskTroubleTests
{
    private readonly FakeTimeProvider _time = DiskRig.NewClock();
    private TempDirectory _directory = null!;
    private FakeObjectStore _store = null!;
    private StoredObject[] _objects = null!;

    [SetUp]
    public void Make_a_store()
    {
        (_directory, _store) = (new TempDirectory(), new FakeObjectStore(_time));
        _objects = [.. Enumerable.Range(0, 100).Select(i => _store.PutRamp($"o{i}", 150_000, i))];
    }

    [TearDown]
    public void Remove_the_cache() => _directory.Dispose();

    [Test]
    public async Task A_full_disk_is_said_once_and_written_again_when_there_is_room(CancellationToken cancellationToken)
    {
        using var small = await MountAsync("size=8m", cancellationToken);
        await using var rig = new DiskRig(_directory["tmp"], _store, _time, 1L << 30, 1 << 20);
        string other = _directory["tmp/other"];
        await ReadAllAsync(rig, 30, cancellationToken);
        Assert.That(rig.Disk.Statistics.WrittenBytes, Is.GreaterThan(4 << 20));
        // Somebody fills it to the last byte.
        FillUp(other);
        for (int i = 0; i < 5; i++)
        {
            await ReadAllAsync(rig, 100, cancellationToken);
            await rig.AdvanceAsync(TimeSpan.FromSeconds(70), cancellationToken);
        }
        Assert.That(rig.Log.Lines.Count(line => line.Level >= LogLevel.Information), Is.InRange(1, 2), string.Join('\n', rig.Log.Lines));
        long written = rig.Disk.Statistics.WrittenBytes;
        File.Delete(other);
        await rig.AdvanceAsync(TimeSpan.FromSeconds(70), cancellationToken);
        await ReadAllAsync(rig, 100, cancellationToken);
        Assert.That(rig.Disk.Statistics.WrittenBytes, Is.GreaterThan(written));
        Assert.That(Directory.GetFiles(_directory["tmp/blocks"]).Length, Is.LessThan(20), "no failure has left a file");
    }

    [Test]
    public async Task A_disk_that_cannot_be_written_is_read_and_that_is_said_once(CancellationToken cancellationToken)
    {
        using var disk = await MountAsync("size=64m", cancellationToken);
        await using (var first = new DiskRig(_directory["tmp"], _store, _time, 60 << 20, 1 << 20))
            await ReadAllAsync(first, 30, cancellationToken);
        // Left behind by a process that was killed, and what nobody can read.
        File.WriteAllBytes(_directory["tmp/blocks/0123456789abcdef.writing"], new byte[5000]);
        File.WriteAllBytes(_directory["tmp/blocks/0123456789abcdee.segment"], new byte[5000]);
        await ShellAsync("mount", ["-o", "remount,ro", _directory["tmp"]], cancellationToken);
        _store.ResetCalls();
        await using var rig = new DiskRig(_directory["tmp"], _store, _time, 60 << 20, 1 << 20);
        await ReadAllAsync(rig, 30, cancellationToken);
        Assert.That(_store.Gets, Is.Zero);
        for (int i = 0; i < 4; i++)
        {
            await ReadAllAsync(rig, 60, cancellationToken);
            await rig.AdvanceAsync(TimeSpan.FromSeconds(70), cancellationToken);
        }
        Assert.That(rig.Said("nothing is kept in"), Is.EqualTo(1), string.Join('\n', rig.Log.Lines));
        Assert.That(rig.Log.Lines.Count(line => line.Level >= LogLevel.Information), Is.InRange(1, 4), string.Join('\n', rig.Log.Lines));
        await ShellAsync("mount", ["-o", "remount,rw", _directory["tmp"]], cancellationToken);
        await rig.AdvanceAsync(TimeSpan.FromSeconds(70), cancellationToken);
        await ReadAllAsync(rig, 60, cancellationToken);
        Assert.That(rig.Said("can be written again"), Is.EqualTo(1));
        _store.ResetCalls();
        await ReadAllAsync(rig, 60, cancellationToken);
        Assert.That(_store.Gets, Is.Zero);
    }

    [Test]
    public async Task A_directory_that_is_removed_is_made_again(CancellationToken cancellationToken)
    {
        await using var rig = new DiskRig(_directory["cache"], _store, _time, 60 << 20, 1 << 20);
        await ReadAllAsync(rig, 50, cancellationToken);
        Directory.Delete(_directory["cache"], recursive: true);
        await ReadAllAsync(rig, 100, cancellationToken);
        await rig.AdvanceAsync(TimeSpan.FromSeconds(20), cancellationToken);
        Assert.That(rig.Disk.Statistics.Segments, Is.Zero, "what is gone is forgotten");
        await rig.AdvanceAsync(TimeSpan.FromSeconds(70), cancellationToken);
        await ReadAllAsync(rig, 100, cancellationToken);
        _store.ResetCalls();
        await ReadAllAsync(rig, 100, cancellationToken);
        Assert.That(_store.Gets, Is.Zero);
        Assert.That(rig.Said("nothing is kept in"), Is.LessThanOrEqualTo(1));
        Assert.That(rig.Disk.Statistics.BadRecords, Is.Zero);
    }

    [Test]
    public async Task A_file_in_the_way_of_the_directory_is_said_once_and_the_cache_begins_when_it_goes(CancellationToken cancellationToken)
    {
        _directory.Write("cache", "a file");
        await using var rig = new DiskRig(_directory["cache"], _store, _time, 60 << 20, 1 << 20);
        for (int i = 0; i < 4; i++)
        {
            await ReadAllAsync(rig, 10, cancellationToken);
            await rig.AdvanceAsync(TimeSpan.FromSeconds(70), cancellationToken);
        }
        Assert.That((rig.Said("cannot be used: "), rig.Log.Lines.Count), Is.EqualTo((1, 1)), string.Join('\n', rig.Log.Lines));
        File.Delete(_directory["cache"]);
        await rig.AdvanceAsync(TimeSpan.FromSeconds(70), cancellationToken);
        await ReadAllAsync(rig, 10, cancellationToken);
        Assert.That((rig.Said("can be used again"), rig.Disk.Statistics.Records), Is.EqualTo((1, 10)));
    }

    [Test]
    public async Task Files_of_others_stay_as_they_are(CancellationToken cancellationToken)
    {
        string blocks = Path.Combine(_directory.CreateDirectory("cache"), "blocks");
        Directory.CreateDirectory(blocks);
        string[] names = ["notes.txt", "notes.segment", "0123456789abcdef.segment.bak", "0123456789ABCDEF.segment", "short.writing"];
        foreach (string name in names)
            File.WriteAllText(Path.Combine(blocks, name), name);
        Directory.CreateDirectory(Path.Combine(blocks, "0123456789abcdef.segment"));
        string pipe = Path.Combine(blocks, "00112233445566ff.segment");
        Assert.That(Syscall.mkfifo(pipe, FilePermissions.S_IRUSR | FilePermissions.S_IWUSR), Is.Zero);
        // Of a format to come.
        byte[] newer = new byte[1000];
        SegmentHeader.Create().CopyTo(newer, 0);
        newer[8] = 2;
        File.WriteAllBytes(Path.Combine(blocks, "fedcba9876543210.segment"), newer);
        await using (var rig = new DiskRig(_directory["cache"], _store, _time, 1 << 20, 256 << 10))
        {
            for (int i = 0; i < 3; i++)
            {
                await ReadAllAsync(rig, 100, cancellationToken);
                await rig.AdvanceAsync(TimeSpan.FromSeconds(20), cancellationToken);
            }
            Assert.That(rig.Said("is not used: "), Is.EqualTo(2));
            Assert.That(rig.Disk.Statistics.Records, Is.GreaterThan(0), "it goes on beside them");
        }
        Assert.That(File.Exists(pipe));
        foreach (string name in names)
            Assert.That(File.ReadAllText(Path.Combine(blocks, name)), Is.EqualTo(name));
        Assert.That(Directory.Exists(Path.Combine(blocks, "0123456789abcdef.segment")) && File.Exists(Path.Combine(blocks, "fedcba9876543210.segment")));
    }

    [Test]
    public async Task Links_among_its_files_lead_nowhere([Values(".segment", ".writing")] string suffix, CancellationToken cancellationToken)
    {
        string cache = _directory.CreateDirectory("cache"), blocks = Path.Combine(cache, "blocks"), outside = _directory.CreateDirectory("outside");
        await using (var rig = new DiskRig(cache, _store, _time, 60 << 20, 1 << 20))
            await ReadAllAsync(rig, 10, cancellationToken);
        // As good as what the cache has itself, so that nothing but the link is wrong.
        foreach (string segment in Directory.GetFiles(blocks))
            File.Move(segment, Path.Combine(outside, Path.GetFileName(segment)));
        byte[][] before = [.. Directory.GetFiles(outside).Order().Select(File.ReadAllBytes)];
        Assert.That(before, Is.Not.Empty);
        foreach (string file in Directory.GetFiles(outside))
            File.CreateSymbolicLink(Path.Combine(blocks, Path.GetFileNameWithoutExtension(file) + suffix), file);
        await using (var rig = new DiskRig(cache, _store, _time, 60 << 20, 1 << 20))
        {
            await ReadAllAsync(rig, 10, cancellationToken);
            await rig.AdvanceAsync(TimeSpan.FromSeconds(70), cancellationToken);
            Assert.That(rig.Said("is a link"), Is.EqualTo(before.Length), string.Join('\n', rig.Log.Lines));
            Assert.That(rig.Disk.Statistics.Records, Is.EqualTo(10), "it goes on beside them");
        }
        Assert.That(Directory.GetFiles(outside).Order().Select(File.ReadAllBytes), Is.EqualTo(before));
        CacheDirectory.Open(cache).Clear();
        Assert.That(Directory.GetFiles(outside).Order().Select(File.ReadAllBytes), Is.EqualTo(before));
    }

    [Test]
    public async Task Directories_that_are_links_are_not_used([Values("cache", "cache/blocks")] string name, CancellationToken cancellationToken)
    {
        string elsewhere = _directory.CreateDirectory("elsewhere");
        Directory.CreateDirectory(Path.GetDirectoryName(_directory[name])!);
        File.CreateSymbolicLink(_directory[name], elsewhere);
        await using var rig = new DiskRig(_directory["cache"], _store, _time, 60 << 20, 1 << 20);
        await rig.SettleAsync(cancellationToken);
        Assert.That(rig.Said("is a link, not a directory"), Is.EqualTo(1));
        await ReadAllAsync(rig, 10, cancellationToken);
        Assert.That(Directory.GetFileSystemEntries(elsewhere), Is.Empty);
    }

    [Test]
    public async Task Directories_that_others_may_write_are_not_used([Values("cache", "cache/blocks")] string name, CancellationToken cancellationToken)
    {
        string blocks = Path.Combine(_directory.CreateDirectory("cache"), "blocks");
        Directory.CreateDirectory(blocks);
        await ShellAsync("chmod", ["777", _directory[name]], cancellationToken);
        await using var rig = new DiskRig(_directory["cache"], _store, _time, 60 << 20, 1 << 20);
        await rig.SettleAsync(cancellationToken);
        Assert.That(rig.Said("can be written by other users"), Is.EqualTo(1));
        await ReadAllAsync(rig, 10, cancellationToken);
        Assert.That(Directory.GetFiles(blocks), Is.Empty);
    }

    private async Task ReadAllAsync(DiskRig rig, int count, CancellationToken cancellationToken)
    {
        for (int i = 0; i < count; i++)
            ReaderRig.AssertRamp(await rig.ReadAsync(_objects[i], cancellationToken), 0, 150_000, i);
        await rig.SettleAsync(cancellationToken);
    }

    private static void FillUp(string path)
    {
        using var file = new FileStream(path, FileMode.Create, FileAccess.Write, FileShare.None, bufferSize: 0);
        byte[] page = new byte[4096];
        try
        {
            while (true)
                file.Write(page);
        }
        catch (IOException)
        {
            // Full.
        }
    }

    private async Task<IDisposable> MountAsync(string options, CancellationToken cancellationToken)
    {
        if (!Environment.IsPrivilegedProcess)
            Assert.Ignore("a disk of its own needs root");
        string path = _directory.CreateDirectory("tmp");
        await ShellAsync("mount", ["-t", "tmpfs", "-o", options + ",mode=0700", "tmpfs", path], cancellationToken);
        return new Mounted(path);
    }

    private static async Task ShellAsync(string program, string[] arguments, CancellationToken cancellationToken) =>
        (await ChildProcess.RunAsync(program, arguments, cancellationToken: cancellationToken)).EnsureSuccess();

    private sealed class Mounted(string path) : IDisposable
    {
        public void Dispose()
        {
            using var umount = System.Diagnostics.Process.Start("umount", ["-l", path]);
            umount.WaitForExit();
        }
    }
}
