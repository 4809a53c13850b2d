using System.Text;
using Mono.Unix.Native;
using S3Mount.FileSystem.Datasets;
using S3Mount.FileSystem.Explaining;
using S3Mount.Fuse;
using S3Mount.Fuse.Protocol;
using S3Mount.Testing;
using S3Mount.Testing.Fuse;

namespace S3Mount.FileSystem.Tests.Datasets;

[CancelAfter(60_000)]
public sealed class DatasetFileSystemTests
{
    [Test]
    public async Task The_root_shows_the_datasets_and_each_its_own_objects()
    {
        await using DatasetRig rig = await DatasetRig.StartAsync(("b", Store("train/x", "of b")), ("a", Store("train/x", "of a")));
        Assert.That(await rig.NamesAsync(), Is.EqualTo((string[])["b", "a"]));
        Assert.That(await rig.NamesAsync(plus: true), Is.EqualTo((string[])["b", "a"]));
        NodeId inA = await rig.NodeAsync("a/train/x"), inB = await rig.NodeAsync("b/train/x");
        Assert.That(inA, Is.Not.EqualTo(inB));
        Assert.That(((await rig.ReadAsync(inA)).Bytes, (await rig.ReadAsync(inB)).Bytes), Is.EqualTo((Bytes("of a"), Bytes("of b"))));
        FuseEntryOut a = await rig.WalkAsync("a"), b = await rig.WalkAsync("b");
        Assert.That((a.Attr.Mode, a.Attr.Uid, a.Attr.Gid), Is.EqualTo((0x4000u | 0x16d, 1001u, 1002u)));
        Assert.That(a.Attr.Ino, Is.Not.EqualTo(b.Attr.Ino).And.Not.EqualTo(1ul));
        FuseAttrOut root = (await rig.Kernel.GetAttrAsync(NodeId.Root)).Required;
        Assert.That((root.Attr.Ino, root.Attr.Mode), Is.EqualTo((1ul, 0x4000u | 0x16d)));
        Assert.That((await rig.Kernel.LookupAsync(NodeId.Root, "c")).Required.NodeId, Is.Zero);
        Assert.That((await rig.Kernel.ReadAsync(NodeId.Root, 0, 10)).Error, Is.EqualTo(Errno.EISDIR));
        Assert.That((await rig.Kernel.ListXattrAsync(NodeId.Root)).Required, Is.Empty);
        // What is listed agrees with what stat says, .. among it.
        IReadOnlyList<FakeDirent> inside = await rig.Kernel.ListAsync(new NodeId(a.NodeId));
        Assert.That(inside.Take(2).Select(entry => entry.Ino), Is.EqualTo((ulong[])[a.Attr.Ino, 1]));
        Assert.That((await rig.Kernel.ListAsync(NodeId.Root)).Skip(2).Select(entry => entry.Ino), Is.EqualTo((ulong[])[b.Attr.Ino, a.Attr.Ino]));
    }

    [Test]
    public async Task A_dataset_is_a_prefix_of_its_bucket_and_nothing_else()
    {
        var store = new FakeObjectStore();
        store.Put("one/file", "1");
        store.Put("two/file", "2");
        await using DatasetRig rig = await DatasetRig.StartAsync();
        await rig.Files.AddAsync(DatasetRig.Start("one", store, prefix: "one/"));
        await rig.Files.AddAsync(DatasetRig.Start("two", store, prefix: "two/"));
        Assert.That((await rig.ReadAsync(await rig.NodeAsync("one/file"))).Bytes, Is.EqualTo(Bytes("1")));
        Assert.That((await rig.ReadAsync(await rig.NodeAsync("two/file"))).Bytes, Is.EqualTo(Bytes("2")));
        Assert.That((await rig.Kernel.LookupAsync(await rig.NodeAsync("one"), "two")).Required.NodeId, Is.Zero);
    }

    [Test]
    public async Task What_is_added_is_there_at_once_and_the_kernel_is_told()
    {
        await using DatasetRig rig = await DatasetRig.StartAsync(("a", Store("x", "1")));
        Assert.That((await rig.Kernel.LookupAsync(NodeId.Root, "late")).Required.NodeId, Is.Zero, "and the kernel remembers that");
        FuseAttrOut before = (await rig.Kernel.GetAttrAsync(NodeId.Root)).Required;
        rig.Time.Advance(TimeSpan.FromSeconds(1));
        await rig.AddAsync("late", Store("y", "2"));
        FakeNotification entry = await rig.Kernel.NextNotificationAsync(), inode = await rig.Kernel.NextNotificationAsync();
        Assert.That((entry.Code, entry.Node, Encoding.UTF8.GetString(entry.Name)), Is.EqualTo((FakeNotification.InvalEntry, 1ul, "late")));
        Assert.That((inode.Code, inode.Node), Is.EqualTo((FakeNotification.InvalInode, 1ul)));
        Assert.That((await rig.Kernel.GetAttrAsync(NodeId.Root)).Required.Attr.Mtime, Is.EqualTo(before.Attr.Mtime + 1), "what the kernel keeps of the root is old");
        Assert.That((await rig.ReadAsync(await rig.NodeAsync("late/y"))).Bytes, Is.EqualTo(Bytes("2")));
        Assert.That(() => rig.AddAsync("late", Store("z", "3")), Throws.ArgumentException);
    }

    [Test]
    public async Task What_is_removed_is_gone_and_the_others_do_not_notice()
    {
        FakeObjectStore kept = Store("x", "kept");
        await using DatasetRig rig = await DatasetRig.StartAsync(("goes", Store("x", "goes")), ("stays", kept));
        NodeId goes = await rig.NodeAsync("goes/x"), root = await rig.NodeAsync("goes"), stays = await rig.NodeAsync("stays/x");
        Assert.That((await rig.ReadAsync(goes)).Error, Is.EqualTo((Errno)0));
        kept.ResetCalls();
        await rig.RemoveAsync("goes");
        FakeNotification entry = await rig.Kernel.NextNotificationAsync();
        Assert.That((entry.Code, entry.Node, Encoding.UTF8.GetString(entry.Name), entry.IsExpireOnly), Is.EqualTo((FakeNotification.InvalEntry, 1ul, "goes", false)));
        Assert.That(await rig.NamesAsync(), Is.EqualTo((string[])["stays"]));
        Assert.That((await rig.Kernel.LookupAsync(NodeId.Root, "goes")).Required.NodeId, Is.Zero);
        Assert.That((await rig.ReadAsync(goes)).Error, Is.EqualTo(Errno.ESTALE));
        Assert.That((await rig.Kernel.GetAttrAsync(goes)).Error, Is.EqualTo(Errno.ESTALE));
        Assert.That((await rig.Kernel.LookupAsync(root, "x")).Error, Is.EqualTo(Errno.ESTALE));
        Assert.That((await rig.Kernel.ReadDirAsync(root, 0, 4096)).Error, Is.EqualTo(Errno.ESTALE));
        Assert.That((await rig.ReadAsync(stays)).Bytes, Is.EqualTo(Bytes("kept")));
        Assert.That(kept.Lists, Is.Zero, "nothing of it was forgotten");
        Assert.That(rig.Files.BeginRemoving("goes", TimeSpan.Zero), Is.Null);
        // Under the same name again: another dataset, whose node ids are not the old ones.
        await rig.AddAsync("goes", Store("x", "anew"));
        NodeId anew = await rig.NodeAsync("goes/x");
        Assert.That(anew, Is.Not.EqualTo(goes));
        Assert.That(((await rig.ReadAsync(anew)).Bytes, (await rig.ReadAsync(goes)).Error), Is.EqualTo((Bytes("anew"), Errno.ESTALE)));
    }

    [Test]
    public async Task Whoever_waits_in_a_dataset_that_goes_is_answered_and_its_memory_comes_back()
    {
        FakeObjectStore slow = Store("x", "never"), other = Store("x", "other");
        await using DatasetRig rig = await DatasetRig.StartAsync(("slow", slow), ("other", other));
        NodeId waiting = await rig.NodeAsync("slow/x"), reading = await rig.NodeAsync("other/x");
        using Gate gate = slow.Hold(StoreOperation.Get);
        Task<(Errno Error, byte[] Bytes)> read = rig.ReadAsync(waiting);
        await gate.WaitForArrivalsAsync(1, Deadline);
        Assert.That(rig.Files.MemoryUsed, Is.Positive);
        await rig.RemoveAsync("slow");
        Assert.That((await read).Error, Is.EqualTo(Errno.EIO));
        Assert.That((await rig.ReadAsync(reading)).Bytes, Is.EqualTo(Bytes("other")));
        Assert.That(slow.InFlight, Is.Zero, "its store may be disposed");
    }

    [Test]
    public async Task A_reader_of_the_root_misses_nothing_that_stays_while_others_come_and_go()
    {
        await using DatasetRig rig = await DatasetRig.StartAsync(("a", Store("x", "1")), ("b", Store("x", "1")), ("c", Store("x", "1")), ("d", Store("x", "1")));
        // Room for two names.
        IReadOnlyList<FakeDirent> first = (await rig.Kernel.ReadDirAsync(NodeId.Root, 2, 64)).Required;
        Assert.That(first.Select(entry => entry.Name), Is.EqualTo((string[])["a", "b"]));
        await rig.RemoveAsync("a");
        await rig.RemoveAsync("b");
        await rig.AddAsync("e", Store("x", "1"));
        IReadOnlyList<FakeDirent> rest = (await rig.Kernel.ReadDirAsync(NodeId.Root, first[^1].Offset, 4096)).Required;
        Assert.That(rest.Select(entry => entry.Name), Is.EqualTo((string[])["c", "d", "e"]));
        Assert.That(await rig.NamesAsync(size: 64), Is.EqualTo((string[])["c", "d", "e"]), "in small pieces");
        Assert.That((await rig.Kernel.ReadDirAsync(NodeId.Root, 0, 8)).Error, Is.EqualTo(Errno.EINVAL), "an empty answer would be the end");
    }

    [Test]
    public async Task Blocks_of_all_datasets_have_one_budget()
    {
        const int Budget = 16 << 20;
        FakeObjectStore one = new(), two = new();
        one.PutRamp("large", 64 << 20, seed: 1);
        two.PutRamp("large", 64 << 20, seed: 2);
        await using DatasetRig rig = await DatasetRig.StartAsync(null, options => options with { MemoryBudget = Budget }, ("one", one), ("two", two));
        NodeId[] nodes = [await rig.NodeAsync("one/large"), await rig.NodeAsync("two/large")];
        for (int i = 0; i < 40; i++)
        {
            for (int dataset = 0; dataset < 2; dataset++)
            {
                byte[] bytes = (await rig.Kernel.ReadAsync(nodes[dataset], (ulong)i << 20, 1 << 20)).Required;
                Assert.That(Ramp.FirstDifference(bytes, (long)i << 20, dataset + 1), Is.EqualTo(-1));
                Assert.That(rig.Files.MemoryUsed, Is.LessThanOrEqualTo(Budget));
            }
        }
        ObjectFileSystemStatistics statistics = rig.Files.Statistics;
        Assert.That((statistics.MemoryBudget, statistics.Reads!.MemoryReads + statistics.Reads.FetchedReads), Is.EqualTo((Budget, 80)));
        await rig.Kernel.ListAsync(await rig.NodeAsync("one"));
        Assert.That(rig.Files.Statistics.ListingBytes, Is.Positive);
        await rig.RemoveAsync("one");
        await rig.RemoveAsync("two");
        Assert.That(rig.Files.MemoryUsed, Is.Zero, "nothing of what is gone is kept");
        Assert.That(rig.Files.Statistics.Reads!.MemoryReads + rig.Files.Statistics.Reads.FetchedReads, Is.EqualTo(80), "what was done stays done");
        Assert.That(rig.Files.Statistics.ListingBytes, Is.Zero);
    }

    [Test]
    public async Task Paths_of_refresh_and_explain_begin_with_the_dataset()
    {
        FakeObjectStore a = Store("d/x", "1"), b = Store("d/x", "22");
        await using DatasetRig rig = await DatasetRig.StartAsync(("a", a), ("b", b));
        await rig.Kernel.ListAsync(await rig.NodeAsync("a/d"));
        await rig.Kernel.ListAsync(await rig.NodeAsync("b/d"));
        a.Put("d/new", "3");
        RefreshResult result = await rig.Files.RefreshAsync("a/d", recursive: false, Deadline);
        Assert.That((result.Exists, result.Directories, result.Added), Is.EqualTo((true, 1, 1L)));
        b.Put("d/new", "4");
        result = await rig.Files.RefreshAsync("", recursive: true, Deadline);
        Assert.That((result.Exists, result.Added), Is.EqualTo((true, 1L)), "both of them, to the last directory that is known");
        Assert.That((await rig.Files.RefreshAsync("c/d", recursive: false, Deadline)).Exists, Is.False);
        FileExplanation? file = await rig.Files.ExplainAsync("b/d/x", Deadline);
        Assert.That((file!.Key, file.Size), Is.EqualTo(("d/x", 2L)));
        Assert.That((await rig.Files.ExplainAsync("", Deadline))!.Entries, Is.EqualTo(2));
        Assert.That(await rig.Files.ExplainAsync("c", Deadline), Is.Null);
    }

    [Test]
    public async Task Another_process_goes_on_with_the_same_node_ids_of_the_datasets_that_are_the_same()
    {
        FakeObjectStore same = Store("d/x", "same"), changed = Store("x", "old");
        byte[] state;
        NodeId file, changedFile, goneFile;
        DatasetRig first = await DatasetRig.StartAsync(("same", same), ("changed", changed), ("gone", Store("x", "gone")));
        await using (first)
        {
            (file, changedFile, goneFile) = (await first.NodeAsync("same/d/x"), await first.NodeAsync("changed/x"), await first.NodeAsync("gone/x"));
            state = first.Save();
            first.IsLeft = true;
        }
        var files = new List<(string, FakeObjectStore)> { ("new", Store("x", "new")), ("same", same) };
        await using DatasetRig next = await DatasetRig.StartAsync(state, null, [.. files]);
        next.IsLeft = true;
        await next.Files.AddAsync(DatasetRig.Start("changed", Store("x", "changed"), identity: "another bucket"));
        Assert.That((await next.ReadAsync(file)).Bytes, Is.EqualTo(Bytes("same")));
        Assert.That(await next.NodeAsync("same/d/x"), Is.EqualTo(file));
        Assert.That(((await next.ReadAsync(changedFile)).Error, (await next.ReadAsync(goneFile)).Error), Is.EqualTo((Errno.ESTALE, Errno.ESTALE)));
        NodeId[] fresh = [await next.NodeAsync("changed/x"), await next.NodeAsync("new/x"), await next.NodeAsync("changed"), await next.NodeAsync("new")];
        Assert.That(fresh, Is.Unique.And.None.EqualTo(changedFile).And.None.EqualTo(goneFile));
        Assert.That((await next.ReadAsync(fresh[0])).Bytes, Is.EqualTo(Bytes("changed")));
        // Where each stood in the root, it stands: a reader that was in the middle goes on there.
        Assert.That(await next.NamesAsync(), Is.EqualTo((string[])["same", "new", "changed"]));
    }

    [Test]
    public async Task What_was_left_and_is_damaged_is_refused_and_the_dataset_can_begin_anew()
    {
        byte[] state;
        DatasetRig first = await DatasetRig.StartAsync(("a", Store("x", "1")));
        await using (first)
        {
            await first.NodeAsync("a/x");
            state = first.Save();
            first.IsLeft = true;
        }
        for (int length = 0; length < 20; length++)
            Assert.That(() => DatasetRig.StartAsync(state[..length], null), Throws.InstanceOf<IOException>().Or.InstanceOf<InvalidDataException>(), $"{length} bytes");
        // The version of the node ids themselves.
        byte[] damaged = [.. state];
        int at = Array.LastIndexOf(damaged, (byte)2, damaged.AsSpan().IndexOf("a"u8) + 30);
        damaged[at] ^= 0x40;
        await using DatasetRig rig = await DatasetRig.StartAsync();
        await using var files = new DatasetFileSystem(DatasetRig.Options with { Inodes = new() { Numbers = new(), State = new MemoryStream(damaged) } }, rig.Time, rig.Logger);
        Assert.That(() => files.AddAsync(DatasetRig.Start("a", Store("x", "1"))), Throws.InstanceOf<InvalidDataException>());
        Assert.That(files.Names, Is.Empty);
        await files.AddAsync(DatasetRig.Start("a", Store("x", "1")));
        Assert.That(files.Names, Is.EqualTo((string[])["a"]));
    }

    private static CancellationToken Deadline => TestContext.CurrentContext.CancellationToken;

    private static FakeObjectStore Store(string key, string text)
    {
        var store = new FakeObjectStore();
        store.Put(key, text);
        return store;
    }

    private static byte[] Bytes(string text) => Encoding.UTF8.GetBytes(text);
}
