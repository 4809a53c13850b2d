using Mono.Unix.Native;
using S3Mount.FileSystem.Snapshots;
using S3Mount.Fuse;
using S3Mount.Fuse.Protocol;
using S3Mount.Testing;

namespace S3Mount.FileSystem.Tests.Semantics;

/// <summary>A mount of a snapshot: exactly its keys and versions, whatever the store holds now, and no LIST.</summary>
[CancelAfter(30_000)]
public sealed class PinnedTests
{
    private static readonly string[] _keys = ["d/a-", "d/a/x", "d/a", "d/empty/", "d/f", "d/sub/deep/é", "top"];

    [Test]
    public async Task The_tree_is_that_of_the_snapshot_and_nothing_is_listed(CancellationToken cancellationToken)
    {
        await using MountRig rig = await StartAsync(cancellationToken);
        rig.Put("d/later", "later/x");
        rig.Store.Delete("d/f");
        Assert.That(await rig.ListAsync(), Is.EqualTo(["d/", "top"]));
        Assert.That(await rig.ListAsync("d"), Is.EqualTo(["a-", "a/", "empty/", "f", "sub/"]));
        Assert.That(await rig.ListAsync("d", plus: true), Is.EqualTo(["a-", "a/", "empty/", "f", "sub/"]));
        Assert.That(await rig.ListAsync("d/empty"), Is.Empty);
        Assert.That((await rig.ExistsAsync("d/later"), await rig.ExistsAsync("later"), await rig.ExistsAsync("d/f")), Is.EqualTo((false, false, true)));
        Assert.That(await rig.ReadTextAsync("d/sub/deep/é"), Is.EqualTo("d/sub/deep/é"));
        Assert.That(await rig.ReadTextAsync("d/a/x"), Is.EqualTo("d/a/x"));
        Assert.That((rig.Store.Lists, rig.Store.Heads), Is.EqualTo((0, 0)));
    }

    [Test]
    public async Task It_stays_so_for_ever(CancellationToken cancellationToken)
    {
        await using MountRig rig = await StartAsync(cancellationToken);
        FuseEntryOut before = await rig.WalkAsync("d/f");
        rig.Advance(TimeSpan.FromDays(400).TotalSeconds);
        rig.Put("d/later");
        FuseEntryOut after = await rig.WalkAsync("d/f");
        Assert.That(after.NodeId, Is.EqualTo(before.NodeId));
        Assert.That(await rig.ListAsync("d"), Has.None.EqualTo("later"));
        Assert.That((await rig.Kernel.GetAttrAsync(await rig.NodeAsync("d"), interrupt: cancellationToken)).IsOk, Is.True);
        Assert.That(rig.Store.Lists, Is.Zero);
    }

    [Test]
    public async Task An_object_that_has_changed_is_ESTALE_each_time_and_the_log_says_what_to_do(CancellationToken cancellationToken)
    {
        await using MountRig rig = await StartAsync(cancellationToken);
        rig.Store.Put("d/f", "something else");
        for (int i = 0; i < 2; i++)
        {
            FuseEntryOut entry = await rig.WalkAsync("d/f");
            Assert.That(entry.Attr.Size, Is.EqualTo(3));
            Assert.That((await rig.Kernel.ReadAsync(new NodeId(entry.NodeId), 0, 4096, interrupt: cancellationToken)).Error, Is.EqualTo(Errno.ESTALE));
        }
        Assert.That(rig.Logger.Lines.Select(line => line.Text), Has.Exactly(1).Contains("'d/f' is no longer what it was when the snapshot ").And.Exactly(1).Contains("make a new snapshot"));
        rig.Store.Put("d/f", "d/f");
        Assert.That(await rig.ReadTextAsync("d/f"), Is.EqualTo("d/f"), "the same bytes again are the same version");
        Assert.That(rig.Store.Lists, Is.Zero);
    }

    [Test]
    public async Task A_mount_of_a_prefix_shows_a_snapshot_of_that_prefix(CancellationToken cancellationToken)
    {
        await using MountRig rig = await StartAsync(cancellationToken, prefix: "d/");
        Assert.That(await rig.ListAsync(), Is.EqualTo(["a-", "a/", "empty/", "f", "sub/"]));
        Assert.That(await rig.ReadTextAsync("sub/deep/é"), Is.EqualTo("d/sub/deep/é"));
    }

    private static async Task<MountRig> StartAsync(CancellationToken cancellationToken, string prefix = "")
    {
        var store = new FakeObjectStore();
        foreach (string key in _keys)
            store.Put(key, key);
        using var directory = new TempDirectory();
        string path = Path.Combine(directory.Path, "dataset.snap");
        await SnapshotWriter.CreateAsync(store, new SnapshotOrigin { Bucket = "bucket", Prefix = prefix }, path, TimeProvider.System, cancellationToken);
        MountRig rig = await MountRig.StartAsync(prefix, options => options with { Snapshot = SnapshotFile.Open(path) });
        rig.Put(_keys);
        return rig;
    }
}
