using Microsoft.Extensions.Logging;
using Mono.Unix.Native;
using S3Mount.Fuse;
using S3Mount.Fuse.Protocol;
using S3Mount.ObjectStore;
using S3Mount.Testing;
using S3Mount.Testing.Fuse;

namespace S3Mount.FileSystem.Tests.Semantics;

/// <summary>READ.</summary>
[CancelAfter(60_000)]
public sealed class ReadTests
{
    private const int MiB = 1 << 20;

    [TestCase(1)]
    [TestCase(4096)]
    [TestCase(300_000)]
    [TestCase(MiB)]
    [TestCase(5 * MiB + 7)]
    public async Task Every_READ_gives_exactly_what_there_is_up_to_the_end_of_the_file(int size)
    {
        await using MountRig rig = await MountRig.StartAsync();
        rig.Store.PutRamp("f", size, seed: 9);
        NodeId node = await rig.NodeAsync("f");
        var random = new Random(size);
        for (int i = 0; i < 100; i++)
        {
            int offset = random.Next(size + 5000);
            uint length = (uint)random.Next(1, MiB + 1);
            await AssertReadAsync(rig, node, size, (ulong)offset, length);
        }
        await AssertReadAsync(rig, node, size, 0, MiB);
        await AssertReadAsync(rig, node, size, (ulong)size - 1, MiB);
    }

    [Test]
    public async Task A_READ_at_or_past_the_end_is_empty_and_asks_nothing()
    {
        await using MountRig rig = await MountRig.StartAsync();
        rig.Store.PutRamp("f", 1000);
        NodeId node = await rig.NodeAsync("f");
        rig.TakeCalls();
        foreach (ulong offset in (ulong[])[1000, 1001, 1UL << 40, long.MaxValue, ulong.MaxValue])
            Assert.That((await rig.Kernel.ReadAsync(node, offset, 4096)).Required, Is.Empty, $"at {offset}");
        Assert.That(rig.TakeCalls(), Is.Empty);
    }

    [Test]
    public async Task An_empty_object_needs_no_GET()
    {
        await using MountRig rig = await MountRig.StartAsync();
        rig.Store.Put("f", "");
        NodeId node = await rig.NodeAsync("f");
        Assert.That((await rig.Kernel.ReadAsync(node, 0, 4096)).Required, Is.Empty);
        Assert.That(rig.Store.Gets, Is.Zero);
    }

    [Test]
    public async Task A_small_file_costs_one_LIST_and_one_GET()
    {
        await using MountRig rig = await MountRig.StartAsync();
        rig.Store.PutRamp("d/f", 110_000);
        NodeId directory = await rig.NodeAsync("d");
        rig.TakeCalls();
        FuseEntryOut entry = await rig.LookupAsync(directory, "f");
        byte[] bytes = await rig.ReadAsync(new NodeId(entry.NodeId), entry.Attr.Size);
        Assert.That(Ramp.FirstDifference(bytes, 0), Is.EqualTo(-1));
        Assert.That(rig.TakeCalls(), Is.EqualTo(["LIST d/f", "GET d/f"]));
    }

    [Test]
    public async Task A_directory_of_small_files_costs_one_LIST_and_a_GET_each()
    {
        await using MountRig rig = await MountRig.StartAsync();
        for (int i = 0; i < 200; i++)
            rig.Store.PutRamp($"d/f{i:d3}", 1000 + i, seed: i);
        NodeId directory = await rig.NodeAsync("d");
        rig.TakeCalls();
        IReadOnlyList<FakeDirent> entries = await rig.Kernel.ListAsync(directory, plus: true);
        for (int i = 0; i < 200; i++)
        {
            byte[] bytes = await rig.ReadAsync(new NodeId(entries[i + 2].Entry!.Value.NodeId), (ulong)(1000 + i));
            Assert.That((bytes.Length, Ramp.FirstDifference(bytes, 0, i)), Is.EqualTo((1000 + i, -1L)));
        }
        Assert.That((rig.Store.Lists, rig.Store.Gets, rig.Store.Heads), Is.EqualTo((1, 200, 0)));
    }

    [Test]
    public async Task What_was_opened_before_the_ttl_is_read_on_after_it_without_asking_for_it_again()
    {
        await using MountRig rig = await MountRig.StartAsync();
        rig.Store.PutRamp("f", 3 * MiB, seed: 9);
        NodeId node = await rig.NodeAsync("f");
        await AssertReadAsync(rig, node, 3 * MiB, 0, MiB);
        rig.Advance(100);
        await AssertReadAsync(rig, node, 3 * MiB, 2 * MiB, MiB);
        Assert.That(rig.Store.Lists, Is.EqualTo(1));
    }

    [Test, CancelAfter(60_000)]
    public async Task Many_readers_of_many_files_all_get_their_bytes()
    {
        await using MountRig rig = await MountRig.StartAsync(change: options => options with { MemoryBudget = 16 * MiB });
        rig.Store.CompletesAsynchronously = true;
        for (int i = 0; i < 40; i++)
            rig.Store.PutRamp($"f{i}", (2 * MiB) + i, seed: i);
        await Task.WhenAll(Enumerable.Range(0, 40).Select(i => Task.Run(async () =>
        {
            FuseEntryOut entry = await rig.WalkAsync($"f{i}");
            byte[] bytes = await rig.ReadAsync(new NodeId(entry.NodeId), entry.Attr.Size);
            Assert.That((bytes.Length, Ramp.FirstDifference(bytes, 0, i)), Is.EqualTo(((2 * MiB) + i, -1L)));
        })));
        Assert.That(rig.FileSystem.MemoryUsed, Is.LessThanOrEqualTo(16 * MiB));
    }

    [Test, CancelAfter(60_000)]
    public async Task Files_whose_memory_comes_and_goes_are_read_right_by_all()
    {
        await using MountRig rig = await MountRig.StartAsync(change: options => options with { MemoryBudget = 16 * MiB });
        rig.Store.CompletesAsynchronously = true;
        NodeId[] nodes = new NodeId[40];
        for (int i = 0; i < nodes.Length; i++)
        {
            rig.Store.PutRamp($"f{i}", MiB - i, seed: i);
            nodes[i] = await rig.NodeAsync($"f{i}");
        }
        await Task.WhenAll(Enumerable.Range(0, 8).Select(seed => Task.Run(async () =>
        {
            var random = new Random(seed);
            for (int read = 0; read < 300; read++)
            {
                int which = random.Next(nodes.Length);
                int offset = random.Next(MiB - (128 << 10) - which);
                byte[] bytes = (await rig.Kernel.ReadAsync(nodes[which], (ulong)offset, 128 << 10)).Required;
                Assert.That((bytes.Length, Ramp.FirstDifference(bytes, offset, which)), Is.EqualTo((128 << 10, -1L)));
            }
        })));
        Assert.That(rig.Store.Gets, Is.GreaterThan(nodes.Length), "nothing was ever evicted");
    }

    [Test]
    public async Task Forgetting_a_file_gives_its_memory_back()
    {
        await using MountRig rig = await MountRig.StartAsync();
        rig.Store.PutRamp("f", MiB, seed: 9);
        NodeId node = await rig.NodeAsync("f");
        await AssertReadAsync(rig, node, MiB, 0, 4096);
        Assert.That(rig.FileSystem.MemoryUsed, Is.EqualTo(MiB));
        rig.Kernel.Forget(node, 1);
        await rig.Kernel.SyncAsync();
        Assert.That(rig.FileSystem.MemoryUsed, Is.Zero);
    }

    [TestCase("GLACIER")]
    [TestCase("DEEP_ARCHIVE")]
    public async Task An_archived_object_is_listed_and_reading_it_is_EACCES_with_the_cure_in_the_log(string storageClass)
    {
        await using MountRig rig = await MountRig.StartAsync();
        rig.Store.Put(rig.Store.Put("f", "frozen") with { StorageClass = storageClass });
        Assert.That(await rig.ListAsync(), Is.EqualTo(["f"]));
        FuseEntryOut entry = await rig.WalkAsync("f");
        Assert.That(entry.Attr.Size, Is.EqualTo(6));
        Assert.That((await rig.Kernel.ReadAsync(new NodeId(entry.NodeId), 0, 4096)).Error, Is.EqualTo(Errno.EACCES));
        Assert.That(rig.Logger.Lines.Where(line => line.Level >= LogLevel.Warning).Select(line => line.Text), Has.Some.Contains("restore"));
    }

    [Test]
    public async Task An_archived_object_that_has_been_restored_is_read_although_its_class_stays()
    {
        await using MountRig rig = await MountRig.StartAsync(wrap: store => new RestoredStore(store));
        rig.Store.Put(rig.Store.Put("f", "thawed") with { StorageClass = "GLACIER" });
        Assert.That(await rig.ReadTextAsync("f"), Is.EqualTo("thawed"));
    }

    [Test]
    public async Task Without_a_strong_etag_bytes_are_read_and_the_log_warns_once_a_mount()
    {
        await using MountRig rig = await MountRig.StartAsync();
        foreach (string key in (string[])["a", "b"])
            rig.Store.Put(rig.Store.Put(key, "content of " + key) with { ETag = "" });
        Assert.That((await rig.ReadTextAsync("a"), await rig.ReadTextAsync("b")), Is.EqualTo(("content of a", "content of b")));
        Assert.That(rig.Logger.Lines.Where(line => line.Text.Contains("no strong ETag", StringComparison.Ordinal)).ToArray(), Has.Length.EqualTo(1));
    }

    private static async Task AssertReadAsync(MountRig rig, NodeId node, int size, ulong offset, uint length)
    {
        byte[] bytes = (await rig.Kernel.ReadAsync(node, offset, length)).Required;
        int expected = (int)Math.Min(length, Math.Max(0, size - (long)offset));
        Assert.That(bytes, Has.Length.EqualTo(expected), $"READ of {length} at {offset} of {size}");
        Assert.That(Ramp.FirstDifference(bytes, (long)offset, seed: 9), Is.EqualTo(-1), $"READ of {length} at {offset} of {size}");
    }

    /// <summary>Serves what is archived, as S3 does while a restored copy exists.</summary>
    private sealed class RestoredStore(FakeObjectStore store) : IObjectStore
    {
        public ValueTask<ObjectInfo> HeadAsync(ObjectKey key, CancellationToken cancellationToken) => store.HeadAsync(key, cancellationToken);

        public ValueTask<ListPage> ListPageAsync(ListPageRequest request, CancellationToken cancellationToken) => store.ListPageAsync(request, cancellationToken);

        public ValueTask ReadRangeAsync(ObjectKey key, ObjectVersion version, long offset, Memory<byte> destination, IReadProgress? progress, CancellationToken cancellationToken)
        {
            if (store.Objects.TryGet(key, out Testing.Objects.StoredObject? stored) && stored.Version.IsSameAs(version))
                stored.Content.CopyTo(offset, destination.Span);
            return default;
        }

        public ValueTask DisposeAsync() => default;
    }
}
