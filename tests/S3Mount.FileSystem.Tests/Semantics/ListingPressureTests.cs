using Mono.Unix.Native;
using S3Mount.Fuse;
using S3Mount.Fuse.Protocol;
using S3Mount.Testing;
using S3Mount.Testing.Fuse;

namespace S3Mount.FileSystem.Tests.Semantics;

/// <summary>More listings than there is room for.</summary>
[CancelAfter(60_000)]
public sealed class ListingPressureTests
{
    private const int Directories = 40;
    private const int Files = 60;

    // A sixth of the tree: six or seven directories of some 6 KB.
    private const long Room = 40_000;

    [Test]
    public async Task A_walk_of_more_than_there_is_room_for_keeps_to_it_and_the_next_is_right_again()
    {
        await using MountRig rig = await StartAsync();
        Dictionary<string, ulong> expected = Keys().ToDictionary(key => key, _ => 0UL);
        Fill(rig);
        Dictionary<string, ulong> first = await WalkAsync(rig);
        Assert.That(first.Keys, Is.EquivalentTo(expected.Keys));
        Assert.That(rig.FileSystem.Statistics.ListingBytes, Is.InRange(1, Room));
        Assert.That(rig.FileSystem.InodeCount, Is.EqualTo(1 + Directories + (Directories * Files)), "the kernel knows all of them");

        await ForgetAllAsync(rig);
        Assert.That(rig.FileSystem.InodeCount, Is.EqualTo(1 + Directories));
        rig.TakeCalls();
        Dictionary<string, ulong> second = await WalkAsync(rig);
        Assert.That(second, Is.EquivalentTo(first), "names and inode numbers");
        Assert.That(rig.TakeCalls(), Is.Not.Empty, "some had made room");
    }

    [Test]
    public async Task Files_that_the_kernel_knows_keep_their_node_ids_when_their_listing_has_made_room()
    {
        await using MountRig rig = await StartAsync();
        Fill(rig);
        NodeId directory = await rig.NodeAsync("d00");
        Dictionary<string, NodeId> before = await NodesAsync(rig, directory);
        await WalkAsync(rig);
        Assert.That(await NodesAsync(rig, directory), Is.EquivalentTo(before));
    }

    [Test]
    public async Task A_reader_goes_on_where_it_was_in_a_directory_whose_listing_has_made_room([Values] bool plus, [Values] bool isRewritten)
    {
        await using MountRig rig = await StartAsync();
        Fill(rig);
        NodeId directory = await rig.NodeAsync("d00");
        IReadOnlyList<FakeDirent> first = await rig.Kernel.ListAsync(directory, plus);
        await WalkAsync(rig);
        // Names are what a reader has begun to read.
        if (isRewritten)
            rig.Store.Put("d00/f07", "other bytes");
        rig.TakeCalls();
        for (int i = 0; i < first.Count; i++)
        {
            IReadOnlyList<FakeDirent> rest = (await ReadAsync(rig, directory, first[i].Offset, plus)).Required;
            Assert.That(rest.Select(entry => (entry.Name, entry.Ino)), Is.EqualTo(first.Skip(i + 1).Select(entry => (entry.Name, entry.Ino))), $"after {first[i].Name}");
        }
        Assert.That(rig.TakeCalls(), Is.EqualTo(["LIST d00/"]));
    }

    [Test]
    public async Task Names_looked_up_in_a_large_directory_whose_listing_has_made_room_have_it_listed_again()
    {
        await using MountRig rig = await MountRig.StartAsync(change: options => options with { ListingMemory = 100_000 });
        string[] names = [.. Enumerable.Range(0, 1200).Select(i => $"f{i:d4}")];
        rig.Put([.. names.SelectMany(name => (string[])[$"first/{name}", $"second/{name}"])]);
        NodeId first = await rig.NodeAsync("first");
        await rig.ListAsync(first);
        rig.Advance(1);
        await rig.ListAsync("second");
        rig.TakeCalls();
        foreach (string name in names.Take(2))
            await rig.LookupAsync(first, name);
        Assert.That(rig.TakeCalls(), Is.EqualTo(["LIST first/f0000", "LIST first/f0001"]), "two are looked up for themselves");
        await rig.LookupAsync(first, names[2]);
        await rig.EndListingsAsync();
        rig.TakeCalls();
        foreach (string name in names)
            Assert.That((await rig.LookupAsync(first, name)).NodeId, Is.Not.Zero);
        Assert.That(rig.TakeCalls(), Is.Empty);
    }

    [Test]
    public async Task Where_the_names_have_changed_meanwhile_the_reader_is_told()
    {
        await using MountRig rig = await StartAsync();
        Fill(rig);
        NodeId directory = await rig.NodeAsync("d00");
        IReadOnlyList<FakeDirent> first = await rig.Kernel.ListAsync(directory);
        await WalkAsync(rig);
        rig.Store.Delete("d00/f07");
        rig.Put("d00/f07x");
        Assert.That((await ReadAsync(rig, directory, first[20].Offset)).Error, Is.EqualTo(Errno.ESTALE));
        // That it was as it is now once more tells nothing of the generations between.
        rig.Store.Delete("d00/f07x");
        rig.Put("d00/f07");
        await WalkAsync(rig);
        rig.Advance(61);
        Assert.That(await rig.ListAsync(directory), Has.Length.EqualTo(Files));
        Assert.That((await ReadAsync(rig, directory, first[20].Offset)).Error, Is.EqualTo(Errno.ESTALE));
    }

    [Test]
    public async Task A_listing_that_failed_half_way_is_not_gone_on_in()
    {
        await using MountRig rig = await StartAsync();
        Fill(rig);
        NodeId directory = await rig.NodeAsync("d00");
        IReadOnlyList<FakeDirent> first = await rig.Kernel.ListAsync(directory);
        rig.Advance(61);
        rig.Store.Fail(StoreOperation.List, ObjectStore.ObjectStoreFailure.Unavailable);
        Assert.That((await rig.Kernel.ReadDirAsync(directory, 0)).Error, Is.EqualTo(Errno.EIO));
        await WalkAsync(rig);
        Assert.That((await ReadAsync(rig, directory, first[20].Offset)).Error, Is.EqualTo(Errno.ESTALE), "what it had shown is not known");
    }

    private static Task<MountRig> StartAsync() => MountRig.StartAsync(change: options => options with { ListingMemory = Room });

    private static IEnumerable<string> Keys() => Enumerable.Range(0, Directories).SelectMany(d => Enumerable.Range(0, Files).Select(f => $"d{d:d2}/f{f:d2}"));

    private static void Fill(MountRig rig) => rig.Put([.. Keys()]);

    // Every file with its inode number.
    private static async Task<Dictionary<string, ulong>> WalkAsync(MountRig rig)
    {
        var found = new Dictionary<string, ulong>();
        foreach (FakeDirent top in (await rig.Kernel.ListAsync(NodeId.Root)).Skip(2))
        {
            // What was used last is told by the time.
            rig.Advance(0.1);
            foreach (string file in (await rig.ListAsync(await rig.NodeAsync(top.Name))).Order())
            {
                FuseEntryOut entry = await rig.LookupAsync(await rig.NodeAsync(top.Name), file);
                found.Add($"{top.Name}/{file}", entry.Attr.Ino);
            }
        }
        return found;
    }

    private static async Task<Dictionary<string, NodeId>> NodesAsync(MountRig rig, NodeId directory)
    {
        var nodes = new Dictionary<string, NodeId>();
        foreach (string name in await rig.ListAsync(directory))
            nodes.Add(name, new NodeId((await rig.LookupAsync(directory, name)).NodeId));
        return nodes;
    }

    private static async Task ForgetAllAsync(MountRig rig)
    {
        foreach ((ulong node, long lookups) in rig.Kernel.Lookups.Where(held => held.Value > 0))
            rig.Kernel.Forget(new NodeId(node), (ulong)lookups);
        await rig.Kernel.SyncAsync();
    }

    private static Task<FakeReply<IReadOnlyList<FakeDirent>>> ReadAsync(MountRig rig, NodeId node, ulong offset, bool plus = false) =>
        plus ? rig.Kernel.ReadDirPlusAsync(node, offset, 65536) : rig.Kernel.ReadDirAsync(node, offset, 65536);
}
