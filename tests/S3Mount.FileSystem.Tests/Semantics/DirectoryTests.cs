using Mono.Unix.Native;
using S3Mount.Fuse;
using S3Mount.Fuse.Protocol;
using S3Mount.Testing.Fuse;

namespace S3Mount.FileSystem.Tests.Semantics;

/// <summary>READDIR and READDIRPLUS: no handle, so the offset is the whole cookie.</summary>
[CancelAfter(60_000)]
public sealed class DirectoryTests
{
    [Test]
    public async Task READDIR_and_READDIRPLUS_show_the_same_in_answers_of_any_size([Values] bool plus, [Values(416u, 1000u, 4096u, 65536u)] uint size, [Values(1, 7, 1000)] int pageSize)
    {
        await using MountRig rig = await MountRig.StartAsync();
        rig.Store.PageSize = pageSize;
        string[] names = [.. Enumerable.Range(0, 50).Select(i => new string((char)('A' + (i % 26)), 1 + (i * 5)) + i)];
        rig.Put([.. names, "dir/x", "marker/", "both", "both/y"]);
        string[] expected = [.. names.Concat(["dir/", "marker/", "both/"]).Order(StringComparer.Ordinal)];
        Assert.That(await rig.ListAsync(NodeId.Root, plus, size), Is.EqualTo(expected));
        Assert.That(rig.Store.Lists, Is.EqualTo(((54 - 1 - 1) / pageSize) + 1).Within(1));
        int lists = rig.Store.Lists;
        Assert.That(await rig.ListAsync(NodeId.Root, !plus, size), Is.EqualTo(expected));
        Assert.That(rig.Store.Lists, Is.EqualTo(lists));
    }

    [Test]
    public async Task Every_cookie_replays_what_followed_it_while_the_directory_changes_underneath([Values] bool plus)
    {
        await using MountRig rig = await MountRig.StartAsync();
        rig.Put([.. Enumerable.Range(0, 30).Select(i => $"d/f{i:d2}")]);
        NodeId directory = await rig.NodeAsync("d");
        IReadOnlyList<FakeDirent> first = await rig.Kernel.ListAsync(directory, plus);
        foreach (int i in Enumerable.Range(0, 30).Where(i => i % 2 == 0))
            rig.Store.Delete($"d/f{i:d2}");
        rig.Put("d/a", "d/f05x", "d/z");
        rig.Advance(61);
        await rig.Kernel.GetAttrAsync(directory);
        Assert.That(await rig.ListAsync(directory, plus), Has.Length.EqualTo(18));
        for (int i = 0; i < first.Count; i++)
        {
            IReadOnlyList<FakeDirent> rest = (await ReadAsync(rig, directory, first[i].Offset, plus)).Required;
            Assert.That(rest.Select(entry => (entry.Name, entry.Offset, entry.Ino, entry.Type)), Is.EqualTo(first.Skip(i + 1).Select(entry => (entry.Name, entry.Offset, entry.Ino, entry.Type))), $"after {first[i].Name}");
        }
    }

    [Test]
    public async Task Where_the_kernel_asks_for_attributes_always_walks_get_them_only_while_they_look_at_files([Values] bool looks)
    {
        await using MountRig rig = await MountRig.StartAsync(change: options => options with { KernelChoosesReadDirPlus = false });
        rig.Put([.. Enumerable.Range(0, 40).SelectMany(directory => Enumerable.Range(0, 50).Select(file => $"d{directory:d2}/f{file:d2}"))]);
        var given = new List<int>();
        foreach (FakeDirent directory in (await rig.Kernel.ListAsync(NodeId.Root, plus: true)).Skip(2))
        {
            IReadOnlyList<FakeDirent> files = await rig.Kernel.ListAsync(new NodeId(directory.Entry!.Value.NodeId), plus: true, size: 4096);
            given.Add(files.Skip(2).Count(file => file.Entry!.Value.NodeId != 0));
            foreach (FakeDirent file in files.Skip(2).Where(file => looks && file.Entry!.Value.NodeId == 0))
                await rig.Kernel.LookupAsync(new NodeId(directory.Entry!.Value.NodeId), file.Name);
        }
        // All or nothing of a directory, in as many answers as it takes; before anything is known, the first answer of the first one.
        Assert.That(given[0], Is.InRange(20, 40));
        Assert.That(given.Skip(1), Is.All.AnyOf(0, 50));
        // One directory in eight shows what the reader does when it is given names alone.
        Assert.That(given.Skip(20).Count(count => count > 0), looks ? Is.InRange(16, 19) : Is.Zero);
    }

    [Test]
    public async Task Before_anything_is_known_the_first_files_alone_have_attributes_however_large_the_answer([Values] bool kernelChooses)
    {
        await using MountRig rig = await MountRig.StartAsync(change: options => options with { KernelChoosesReadDirPlus = kernelChooses });
        rig.Put([.. Enumerable.Range(0, 200).SelectMany(file => new[] { $"d/f{file:d3}", $"e/f{file:d3}" })]);
        IReadOnlyList<FakeDirent> first = (await rig.Kernel.ReadDirPlusAsync(await rig.NodeAsync("d"), 0, 512 * 1024)).Required;
        Assert.That(first, Has.Count.EqualTo(202));
        Assert.That(first.Skip(2).TakeWhile(file => file.Entry!.Value.NodeId != 0).Count(), Is.EqualTo(first.Skip(2).Count(file => file.Entry!.Value.NodeId != 0)).And.EqualTo(23));
        // None of the others was looked at.
        IReadOnlyList<FakeDirent> second = (await rig.Kernel.ReadDirPlusAsync(await rig.NodeAsync("e"), 0, 512 * 1024)).Required;
        Assert.That(second.Skip(2), Has.All.Matches<FakeDirent>(file => file.Entry!.Value.NodeId == 0));
    }

    [Test]
    public async Task Programs_are_told_to_read_directories_with_a_large_buffer_and_files_with_none()
    {
        await using MountRig rig = await MountRig.StartAsync();
        rig.Put("d/f");
        Assert.That((await rig.Kernel.GetAttrAsync(await rig.NodeAsync("d"))).Required.Attr.Blksize, Is.EqualTo(512 * 1024));
        Assert.That((await rig.Kernel.GetAttrAsync(await rig.NodeAsync("d/f"))).Required.Attr.Blksize, Is.EqualTo(4096));
    }

    [Test]
    public async Task A_kernel_that_asks_for_attributes_in_the_middle_of_a_directory_gets_them()
    {
        await using MountRig rig = await MountRig.StartAsync();
        rig.Put([.. Enumerable.Range(0, 50).Select(file => $"f{file:d2}")]);
        IReadOnlyList<FakeDirent> names = (await rig.Kernel.ReadDirAsync(NodeId.Root, 0, 1000)).Required;
        IReadOnlyList<FakeDirent> rest = (await rig.Kernel.ReadDirPlusAsync(NodeId.Root, names[^1].Offset, 65536)).Required;
        Assert.That(rest, Has.Count.EqualTo(52 - names.Count).And.Count.InRange(10, 40));
        Assert.That(rest, Has.All.Matches<FakeDirent>(file => file.Entry!.Value.NodeId != 0));
    }

    [Test]
    public async Task A_generation_is_kept_for_the_ttl_after_its_last_use_and_then_the_reader_is_told()
    {
        await using MountRig rig = await MountRig.StartAsync(change: options => options with { MetadataTtl = TimeSpan.FromHours(2) });
        rig.Put("a", "b", "c", "d");
        IReadOnlyList<FakeDirent> first = await rig.Kernel.ListAsync(NodeId.Root);
        for (int use = 0; use < 3; use++)
        {
            rig.Advance(7199);
            Assert.That((await ReadAsync(rig, NodeId.Root, first[2].Offset)).Required.Select(entry => entry.Name), Is.EqualTo(["b", "c", "d"]));
        }
        rig.Advance(7200);
        rig.Put("aa");
        Assert.That(await rig.ListAsync(), Is.EqualTo(["a", "aa", "b", "c", "d"]));
        Assert.That((await ReadAsync(rig, NodeId.Root, first[2].Offset)).Error, Is.EqualTo(Errno.ESTALE));
    }

    [Test]
    public async Task A_program_that_works_on_each_entry_before_it_reads_on_is_not_cut_off()
    {
        await using MountRig rig = await MountRig.StartAsync();
        rig.Put("a", "b", "c", "d");
        IReadOnlyList<FakeDirent> first = await rig.Kernel.ListAsync(NodeId.Root);
        rig.Advance(1800);
        rig.Put("aa");
        Assert.That(await rig.ListAsync(), Is.EqualTo(["a", "aa", "b", "c", "d"]));
        rig.Advance(1700);
        Assert.That((await ReadAsync(rig, NodeId.Root, first[2].Offset)).Required.Select(entry => entry.Name), Is.EqualTo(["b", "c", "d"]));
    }

    [TestCase(1UL)]
    [TestCase(0x7fff_ffff_0000_0003UL)]
    [TestCase(ulong.MaxValue)]
    public async Task A_cookie_that_was_never_given_is_ESTALE_not_a_silent_gap(ulong offset)
    {
        await using MountRig rig = await MountRig.StartAsync();
        rig.Put("a");
        await rig.ListAsync();
        Assert.That((await ReadAsync(rig, NodeId.Root, offset)).Error, Is.EqualTo(Errno.ESTALE));
    }

    [TestCase(0x8000_0000u)]
    [TestCase(uint.MaxValue)]
    [TestCase(1000u)]
    public async Task A_position_beyond_the_end_is_the_end(uint position)
    {
        await using MountRig rig = await MountRig.StartAsync();
        rig.Put("a");
        IReadOnlyList<FakeDirent> first = await rig.Kernel.ListAsync(NodeId.Root);
        FakeReply<IReadOnlyList<FakeDirent>> reply = await ReadAsync(rig, NodeId.Root, (first[0].Offset & ~0xffff_ffffUL) | position);
        Assert.That(reply.Required, Is.Empty);
    }

    [Test]
    public async Task A_cookie_is_never_negative_and_belongs_to_its_directory()
    {
        await using MountRig rig = await MountRig.StartAsync();
        rig.Put("a/x", "b/y");
        NodeId a = await rig.NodeAsync("a");
        NodeId b = await rig.NodeAsync("b");
        IReadOnlyList<FakeDirent> ofA = await rig.Kernel.ListAsync(a);
        await rig.Kernel.ListAsync(b);
        Assert.That(ofA.Select(entry => (long)entry.Offset), Is.Unique.And.All.Positive);
        Assert.That((await ReadAsync(rig, b, ofA[0].Offset)).Error, Is.EqualTo(Errno.ESTALE));
    }

    [Test]
    public async Task A_buffer_too_small_for_one_entry_is_EINVAL_not_the_end([Values] bool plus)
    {
        await using MountRig rig = await MountRig.StartAsync();
        rig.Put("d/" + new string('x', 255));
        NodeId directory = await rig.NodeAsync("d");
        IReadOnlyList<FakeDirent> whole = await rig.Kernel.ListAsync(directory, plus);
        Assert.That((await ReadAsync(rig, directory, 0, plus, size: 16)).Error, Is.EqualTo(Errno.EINVAL));
        Assert.That((await ReadAsync(rig, directory, whole[1].Offset, plus, size: 200)).Error, Is.EqualTo(Errno.EINVAL));
        Assert.That((await ReadAsync(rig, directory, whole[2].Offset, plus, size: 16)).Required, Is.Empty);
        Assert.That((await ReadAsync(rig, directory, whole[1].Offset, plus, size: plus ? 408u : 280u)).Required, Has.Count.EqualTo(1));
    }

    [Test]
    public async Task READDIRPLUS_counts_one_lookup_for_each_entry_that_reached_the_kernel([Values(416u, 2000u, 65536u)] uint size)
    {
        await using MountRig rig = await MountRig.StartAsync();
        rig.Put([.. Enumerable.Range(0, 20).Select(i => $"d/f{i}"), "d/sub/x"]);
        NodeId directory = await rig.NodeAsync("d");
        IReadOnlyList<FakeDirent> entries = await rig.Kernel.ListAsync(directory, plus: true, size);
        Assert.That(entries.Take(2).Select(entry => entry.Entry!.Value.NodeId), Is.All.Zero);
        Assert.That(entries.Skip(2).Select(entry => entry.Entry!.Value.NodeId), Is.Unique.And.All.Positive);
        foreach (FakeDirent entry in entries.Skip(2))
        {
            Assert.That((entry.Entry!.Value.EntrySeconds(), entry.Entry.Value.Attr.Ino), Is.EqualTo((60.0, entry.Ino)));
            rig.Kernel.Forget(new NodeId(entry.Entry.Value.NodeId), 1);
        }
        await rig.Kernel.SyncAsync();
        Assert.That(rig.FileSystem.InodeCount, Is.EqualTo(3), "the root, d and d/sub");
    }

    [Test]
    public async Task READDIRPLUS_of_a_listing_that_has_expired_only_names()
    {
        await using MountRig rig = await MountRig.StartAsync();
        rig.Put("a", "b", "c");
        IReadOnlyList<FakeDirent> first = await rig.Kernel.ListAsync(NodeId.Root);
        rig.Advance(60);
        IReadOnlyList<FakeDirent> rest = (await ReadAsync(rig, NodeId.Root, first[1].Offset, plus: true)).Required;
        Assert.That(rest.Select(entry => (entry.Name, entry.Entry!.Value.NodeId)), Is.EqualTo([("a", 0UL), ("b", 0UL), ("c", 0UL)]));
    }

    [Test]
    public async Task READDIRPLUS_and_LOOKUP_give_the_same_entry()
    {
        await using MountRig rig = await MountRig.StartAsync();
        rig.Put("d/f", "d/s/x");
        NodeId directory = await rig.NodeAsync("d");
        IReadOnlyList<FakeDirent> entries = await rig.Kernel.ListAsync(directory, plus: true);
        foreach (FakeDirent entry in entries.Skip(2))
            Assert.That(await rig.LookupAsync(directory, entry.Name), Is.EqualTo(entry.Entry!.Value));
    }

    [Test, CancelAfter(20_000)]
    public async Task A_reader_at_the_beginning_gets_the_listing_that_holds_now([Values] bool plus)
    {
        await using MountRig rig = await MountRig.StartAsync();
        rig.Put("a");
        Assert.That(await rig.ListAsync(NodeId.Root, plus), Is.EqualTo(["a"]));
        rig.Put("b");
        Assert.That(await rig.ListAsync(NodeId.Root, plus), Is.EqualTo(["a"]));
        rig.Advance(60);
        Assert.That(await rig.ListAsync(NodeId.Root, plus), Is.EqualTo(["a", "b"]));
        Assert.That(rig.TakeCalls(), Is.EqualTo(["LIST ", "LIST "]));
    }

    [Test]
    public async Task READDIR_of_a_file_and_READ_of_a_directory_are_refused()
    {
        await using MountRig rig = await MountRig.StartAsync();
        rig.Put("d/f");
        NodeId file = await rig.NodeAsync("d/f");
        Assert.That((await rig.Kernel.ReadDirAsync(file, 0)).Error, Is.EqualTo(Errno.ENOTDIR));
        Assert.That((await rig.Kernel.ReadDirPlusAsync(file, 0)).Error, Is.EqualTo(Errno.ENOTDIR));
        Assert.That((await rig.Kernel.LookupAsync(file, "x")).Error, Is.EqualTo(Errno.ENOTDIR));
        Assert.That((await rig.Kernel.ReadAsync(await rig.NodeAsync("d"), 0, 10)).Error, Is.EqualTo(Errno.EISDIR));
    }

    [Test]
    public async Task A_directory_that_has_gone_is_empty_for_those_who_hold_it_and_missing_for_others()
    {
        await using MountRig rig = await MountRig.StartAsync();
        rig.Put("d/f");
        NodeId directory = await rig.NodeAsync("d");
        rig.Store.Delete("d/f");
        rig.Advance(61);
        Assert.That(await rig.ListAsync(directory), Is.Empty);
        Assert.That(await rig.ExistsAsync("d"), Is.False);
    }

    [Test]
    public async Task Opens_are_silent_where_the_kernel_can_and_answered_where_it_cannot([Values] bool zeroMessages)
    {
        const ulong NoOpen = 1UL << 17; // FUSE_NO_OPEN_SUPPORT
        const ulong NoOpenDir = 1UL << 24; // FUSE_NO_OPENDIR_SUPPORT
        ulong flags = zeroMessages ? FakeKernelOptions.AllFlags : FakeKernelOptions.AllFlags & ~(NoOpen | NoOpenDir);
        await using MountRig rig = await MountRig.StartAsync(kernelOptions: new FakeKernelOptions { Flags = flags });
        rig.Put("f");
        NodeId file = await rig.NodeAsync("f");
        FakeReply<FuseOpenOut> open = await rig.Kernel.OpenAsync(file);
        FakeReply<FuseOpenOut> openDir = await rig.Kernel.OpenDirAsync(NodeId.Root);
        Assert.That((open.Error, openDir.Error), Is.EqualTo(zeroMessages ? (Errno.ENOSYS, Errno.ENOSYS) : (default(Errno), default(Errno))));
        if (!zeroMessages)
            Assert.That((open.Value.OpenFlags & 2, openDir.Value.OpenFlags & 10), Is.EqualTo((2u, 10u)), "KEEP_CACHE; with CACHE_DIR");
        Assert.That((await rig.Kernel.FlushAsync(file)).Error, Is.EqualTo(Errno.ENOSYS));
        Assert.That((await rig.Kernel.AccessAsync(file, 4)).Error, Is.EqualTo(Errno.ENOSYS));
        Assert.That((await rig.Kernel.ReleaseAsync(file)).IsOk && (await rig.Kernel.ReleaseDirAsync(NodeId.Root)).IsOk, Is.True);
    }

    private static Task<FakeReply<IReadOnlyList<FakeDirent>>> ReadAsync(MountRig rig, NodeId node, ulong offset, bool plus = false, uint size = 65536) =>
        plus ? rig.Kernel.ReadDirPlusAsync(node, offset, size) : rig.Kernel.ReadDirAsync(node, offset, size);
}
