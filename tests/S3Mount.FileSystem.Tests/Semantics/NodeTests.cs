using Mono.Unix.Native;
using S3Mount.Fuse;
using S3Mount.Fuse.Protocol;
using S3Mount.Testing.Fuse;

namespace S3Mount.FileSystem.Tests.Semantics;

/// <summary>What a node id stands for, and for how long.</summary>
[CancelAfter(30_000)]
public sealed class NodeTests
{
    [Test]
    public async Task A_file_keeps_its_node_id_while_it_keeps_its_version()
    {
        await using MountRig rig = await MountRig.StartAsync();
        rig.Put("d/f");
        ulong single = (await rig.WalkAsync("d/f")).NodeId;
        rig.Advance(61);
        ulong again = (await rig.WalkAsync("d/f")).NodeId;
        IReadOnlyList<FakeDirent> listed = await rig.Kernel.ListAsync(await rig.NodeAsync("d"), plus: true);
        rig.Store.Put("d/f", "d/f", rig.Time.GetUtcNow());
        rig.Advance(61);
        FuseEntryOut touched = await rig.WalkAsync("d/f");
        Assert.That((again, listed[2].Entry!.Value.NodeId, touched.NodeId), Is.EqualTo((single, single, single)));
        Assert.That(touched.Attr.Mtime, Is.GreaterThan(listed[2].Entry!.Value.Attr.Mtime));
    }

    [Test]
    public async Task A_directory_keeps_its_node_id_for_ever()
    {
        await using MountRig rig = await MountRig.StartAsync();
        rig.Put("d/f");
        NodeId directory = await rig.NodeAsync("d");
        rig.Kernel.Forget(directory, 1);
        await rig.Kernel.SyncAsync();
        rig.Store.Delete("d/f");
        rig.Advance(61);
        Assert.That(await rig.ExistsAsync("d"), Is.False);
        rig.Put("d");
        rig.Advance(61);
        Assert.That((await rig.WalkAsync("d")).NodeId, Is.Not.EqualTo(directory.Value));
        rig.Put("d/g");
        rig.Advance(61);
        Assert.That((await rig.WalkAsync("d")).NodeId, Is.EqualTo(directory.Value));
    }

    [Test]
    public async Task What_the_kernel_has_forgotten_is_forgotten_and_what_it_holds_is_not()
    {
        await using MountRig rig = await MountRig.StartAsync();
        rig.Put([.. Enumerable.Range(0, 50).Select(i => $"d/f{i}")]);
        NodeId directory = await rig.NodeAsync("d");
        await rig.Kernel.ListAsync(directory, plus: true);
        await rig.Kernel.ListAsync(directory, plus: true);
        FuseEntryOut held = await rig.LookupAsync(directory, "f7");
        Assert.That(rig.FileSystem.InodeCount, Is.EqualTo(52));
        foreach ((ulong node, long lookups) in rig.Kernel.Lookups.ToArray())
        {
            if (node != held.NodeId && node != directory.Value)
                rig.Kernel.BatchForget((new NodeId(node), (ulong)lookups));
        }
        rig.Kernel.Forget(new NodeId(held.NodeId), 2);
        await rig.Kernel.SyncAsync();
        Assert.That(rig.FileSystem.InodeCount, Is.EqualTo(3));
        Assert.That((await rig.Kernel.GetAttrAsync(new NodeId(held.NodeId))).IsOk, Is.True);
        Assert.That((await rig.ReadTextAsync("d/f7")), Is.EqualTo("d/f7"));
    }

    [Test]
    public async Task A_node_that_nobody_knows_is_ESTALE()
    {
        await using MountRig rig = await MountRig.StartAsync();
        var nobody = new NodeId(4711);
        Assert.That((await rig.Kernel.GetAttrAsync(nobody)).Error, Is.EqualTo(Errno.ESTALE));
        Assert.That((await rig.Kernel.LookupAsync(nobody, "a")).Error, Is.EqualTo(Errno.ESTALE));
        Assert.That((await rig.Kernel.ReadAsync(nobody, 0, 10)).Error, Is.EqualTo(Errno.ESTALE));
        Assert.That((await rig.Kernel.ReadDirAsync(nobody, 0)).Error, Is.EqualTo(Errno.ESTALE));
        Assert.That((await rig.Kernel.ListXattrAsync(nobody)).Error, Is.EqualTo(Errno.ESTALE));
    }
}
