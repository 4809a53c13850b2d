using S3Mount.FileSystem.Tests.Warming;
using S3Mount.FileSystem.Warming;
using S3Mount.Fuse;
using S3Mount.Fuse.Protocol;
using S3Mount.ObjectStore;
using S3Mount.Testing;
using S3Mount.Testing.Objects;

namespace S3Mount.FileSystem.Tests.Semantics;

/// <summary>Sizes and times at the ends of what numbers can say.</summary>
[CancelAfter(30_000)]
public sealed class HostileNumberTests
{
    [TestCase(long.MaxValue)]
    [TestCase(long.MaxValue - 1)]
    [TestCase(long.MaxValue - 4095)]
    [TestCase(1L << 62)]
    public async Task A_file_of_nearly_two_to_the_63_bytes_is_shown_and_read_to_its_end(long size)
    {
        await using MountRig rig = await MountRig.StartAsync();
        Put(rig.Store, "a", size);
        Put(rig.Store, "b", size);
        Assert.That(await rig.ListAsync("", plus: true), Is.EqualTo(["a", "b"]));
        FuseEntryOut entry = await rig.WalkAsync("a");
        Assert.That((entry.Attr.Size, entry.Attr.Blocks), Is.EqualTo(((ulong)size, ((ulong)size + 511) / 512)));
        Assert.That((await rig.Kernel.StatFsAsync(NodeId.Root)).IsOk, Is.True);
        foreach (long offset in (long[])[0, size / 2, size - 1000, size - 1, size])
        {
            byte[] read = (await rig.Kernel.ReadAsync(new NodeId(entry.NodeId), (ulong)offset, 4096)).Required;
            Assert.That(read, Has.Length.EqualTo((int)Math.Min(4096, size - offset)), $"at {offset}");
            Assert.That(Ramp.FirstDifference(read, offset, 1), Is.EqualTo(-1), $"at {offset}");
        }
        foreach (ulong offset in (ulong[])[(ulong)size + 1, long.MaxValue, 1UL << 63, ulong.MaxValue])
            Assert.That((await rig.Kernel.ReadAsync(new NodeId(entry.NodeId), offset, 4096)).Required, Is.Empty, $"at {offset}");
    }

    [Test]
    public async Task What_is_said_to_be_larger_than_any_object_is_not_brought_near_and_its_bytes_do_not_add_up_to_less_than_none(
        [Values] bool isCheck, CancellationToken cancellationToken)
    {
        await using WarmRig rig = await WarmRig.StartAsync();
        Put(rig.Store, "a", long.MaxValue);
        Put(rig.Store, "b", long.MaxValue);
        rig.Store.Put("small", "small");
        WarmProgress progress = await rig.WarmAsync(cancellationToken, isCheck);
        Assert.That((progress.Files, progress.Bytes, progress.FailedFiles, progress.FailedBytes), Is.EqualTo((3, long.MaxValue, 2, long.MaxValue)));
        Assert.That((progress.FetchedFiles, progress.AbsentFiles), Is.EqualTo(isCheck ? (0, 1) : (1, 0)));
        Assert.That(progress.Failures, Has.Some.EqualTo("a is said to have 9223372036854775807 bytes, more than any object has"));
    }

    [TestCase(-1)]
    [TestCase(-62135596800)]
    [TestCase(0)]
    [TestCase(253402300799)]
    public async Task Times_before_1970_and_in_the_year_9999_are_shown_and_files_of_them_are_read(long seconds)
    {
        await using MountRig rig = await MountRig.StartAsync();
        Put(rig.Store, "a", 100, seconds);
        // Without a tag its version is told by its time.
        Put(rig.Store, "d/untagged", 100, seconds, etag: "");
        Assert.That(await rig.ListAsync("", plus: true), Is.EqualTo(["a", "d/"]));
        Assert.That(await rig.ListAsync("d", plus: true), Is.EqualTo(["untagged"]));
        foreach (string path in (string[])["a", "d/untagged"])
        {
            FuseEntryOut entry = await rig.WalkAsync(path);
            Assert.That((long)entry.Attr.Mtime, Is.EqualTo(seconds));
            Assert.That(Ramp.FirstDifference(await rig.ReadAsync(new NodeId(entry.NodeId), 100), 0, 1), Is.EqualTo(-1));
        }
    }

    [Test]
    public async Task A_machine_whose_clock_stands_before_1970_can_mount()
    {
        await using MountRig rig = await MountRig.StartAsync(time: new FakeTimeProvider(new DateTimeOffset(1901, 12, 13, 0, 0, 0, TimeSpan.Zero)));
        rig.Put("d/a");
        Assert.That(await rig.ReadTextAsync("d/a"), Is.EqualTo("d/a"));
        Assert.That((long)(await rig.WalkAsync("d")).Attr.Ctime, Is.EqualTo(-2147558400));
        rig.Time.SetUtcNow(new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero));
        rig.Advance(61);
        Assert.That(await rig.ReadTextAsync("d/a"), Is.EqualTo("d/a"));
    }

    private static void Put(FakeObjectStore store, string key, long size, long lastModified = 1_700_000_000, string? etag = null)
    {
        var stored = new StoredObject { Key = new ObjectKey(key), Content = new RampContent(1, size), LastModified = DateTimeOffset.FromUnixTimeSeconds(lastModified) };
        store.Put(etag is null ? stored : stored with { ETag = etag });
    }
}
