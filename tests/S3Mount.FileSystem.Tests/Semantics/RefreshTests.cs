using System.Text;
using S3Mount.Fuse;
using S3Mount.Fuse.Protocol;
using S3Mount.ObjectStore;
using S3Mount.Testing;
using S3Mount.Testing.Fuse;

namespace S3Mount.FileSystem.Tests.Semantics;

/// <summary>A path that is looked at again now, whatever the TTL: what is said then, and what the kernel is told.</summary>
[CancelAfter(30_000)]
public sealed class RefreshTests
{
    [Test]
    public async Task What_was_added_changed_and_removed_is_seen_at_once(CancellationToken cancellationToken)
    {
        await using MountRig rig = await MountRig.StartAsync();
        rig.Put("d/changed", "d/same", "d/removed");
        NodeId directory = await rig.NodeAsync("d");
        await rig.ListAsync(directory, plus: true);
        FuseEntryOut same = await rig.WalkAsync("d/same");
        Assert.That(await rig.ExistsAsync("d/added"), Is.False);
        rig.Put("d/added");
        rig.Store.Put("d/changed", "longer than before");
        rig.Store.Delete("d/removed");

        RefreshResult result = await rig.FileSystem.RefreshAsync("d", recursive: false, cancellationToken);
        Assert.That(result, Is.EqualTo(new RefreshResult(Exists: true, Directories: 1, Entries: 3, Added: 1, Changed: 1, Removed: 1, IsTold: true)));
        Assert.That(await NamesToldAsync(rig, directory, 3), Is.EquivalentTo((string[])["added", "changed", "removed"]));
        FakeNotification last = await rig.Kernel.NextNotificationAsync();
        Assert.That((last.Code, last.Node), Is.EqualTo((FakeNotification.InvalInode, directory.Value)));
        Assert.That(await rig.ListAsync(directory), Is.EqualTo((string[])["added", "changed", "same"]));
        Assert.That(await rig.ReadTextAsync("d/changed"), Is.EqualTo("longer than before"));
        Assert.That((await rig.WalkAsync("d/same")).NodeId, Is.EqualTo(same.NodeId), "the same version is the same inode");
    }

    [Test]
    public async Task Where_nothing_differs_the_kernel_is_told_nothing(CancellationToken cancellationToken)
    {
        await using MountRig rig = await MountRig.StartAsync();
        rig.Put("a", "b");
        await rig.ListAsync(plus: true);
        rig.Advance(50);
        RefreshResult result = await rig.FileSystem.RefreshAsync("", recursive: true, cancellationToken);
        Assert.That(result, Is.EqualTo(new RefreshResult(true, 1, 2, 0, 0, 0, true)));
        rig.Advance(20);
        Assert.That(await rig.ExistsAsync("a"), Is.True);
        Assert.That(rig.TakeCalls(), Is.EqualTo(["LIST ", "LIST "]), "what was listed anew holds for its own TTL");
        rig.Store.Delete("a");
        await rig.FileSystem.RefreshAsync("", recursive: false, cancellationToken);
        Assert.That(await NamesToldAsync(rig, NodeId.Root, 1), Is.EqualTo((string[])["a"]), "it is the first");
    }

    [Test]
    public async Task A_file_written_again_as_it_was_is_told_and_shows_its_new_time([Values] bool isKept, CancellationToken cancellationToken)
    {
        await using MountRig rig = await MountRig.StartAsync(kernelOptions: null, change: options => isKept ? options : options with { ListingMemory = 1 });
        DateTimeOffset written = DateTimeOffset.FromUnixTimeSeconds(1_700_000_000);
        rig.Store.Put("d/again", "bytes", written);
        rig.Store.Put("d/same", "bytes", written);
        NodeId directory = await rig.NodeAsync("d");
        await rig.ListAsync(directory);
        FuseEntryOut before = await rig.LookupAsync(directory, "again");
        await rig.LookupAsync(directory, "same");
        rig.Store.Put("d/again", "bytes", written.AddSeconds(100));

        RefreshResult result = await rig.FileSystem.RefreshAsync("d", recursive: false, cancellationToken);
        Assert.That((result.Added, result.Changed, result.Removed), Is.EqualTo((0, 1, 0)));
        Assert.That(await NamesToldAsync(rig, directory, 1), Is.EqualTo((string[])["again"]));
        FakeNotification last = await rig.Kernel.NextNotificationAsync();
        Assert.That((last.Code, last.Node), Is.EqualTo((FakeNotification.InvalInode, directory.Value)), "the directory has another mtime too");
        FuseEntryOut after = await rig.LookupAsync(directory, "again");
        Assert.That((after.NodeId, after.Attr.Mtime), Is.EqualTo((before.NodeId, 1_700_000_100UL)), "the same version in a newer file");
        Assert.That((await rig.FileSystem.RefreshAsync("d", recursive: false, cancellationToken)).Changed, Is.Zero, "once");
    }

    [Test]
    public async Task Without_a_listing_to_compare_with_names_are_told_only_while_the_kernel_may_remember_one_as_missing(CancellationToken cancellationToken)
    {
        await using MountRig rig = await MountRig.StartAsync(kernelOptions: null, change: options => options with { ListingMemory = 1 });
        string[] names = [.. Enumerable.Range(0, 1500).Select(i => $"f{i:d4}")];
        rig.Put([.. names.Select(name => $"d/{name}")]);
        NodeId directory = await rig.NodeAsync("d");
        await rig.FileSystem.RefreshAsync("d", recursive: false, cancellationToken);
        FakeNotification only = await rig.Kernel.NextNotificationAsync();
        Assert.That((only.Code, only.Node), Is.EqualTo((FakeNotification.InvalInode, directory.Value)), "nobody has asked for anything");

        Assert.That(await rig.ExistsAsync("d/new"), Is.False);
        FuseEntryOut known = await rig.LookupAsync(directory, names[7]);
        rig.Put("d/new");
        await rig.FileSystem.RefreshAsync("d", recursive: false, cancellationToken);
        Assert.That(await NamesToldAsync(rig, directory, 1500), Is.EquivalentTo(names.Append("new").Except([names[7]])), "all but what it knows as it is");
        Assert.That((await rig.Kernel.NextNotificationAsync()).Code, Is.EqualTo(FakeNotification.InvalInode));

        rig.Advance(6);
        await rig.FileSystem.RefreshAsync("d", recursive: false, cancellationToken);
        Assert.That((await rig.Kernel.NextNotificationAsync()).Code, Is.EqualTo(FakeNotification.InvalInode), "what was missing is forgotten");
        Assert.That((await rig.LookupAsync(directory, names[7])).NodeId, Is.EqualTo(known.NodeId));
    }

    [Test]
    public async Task What_a_lookup_has_said_is_not_said_after_a_refresh(CancellationToken cancellationToken)
    {
        // Room for what lookups say, and for no listing.
        await using MountRig rig = await MountRig.StartAsync(kernelOptions: null, change: options => options with { ListingMemory = 450 });
        rig.Put("d/gone", "d/grows");
        NodeId directory = await rig.NodeAsync("d");
        foreach (string name in (string[])["gone", "grows"])
        {
            FuseEntryOut entry = await rig.LookupAsync(directory, name);
            rig.Kernel.Forget(new NodeId(entry.NodeId), 1);
        }
        await rig.Kernel.SyncAsync();
        rig.Store.Delete("d/gone");
        rig.Store.Put("d/grows", "longer than before");
        await rig.FileSystem.RefreshAsync("d", recursive: false, cancellationToken);
        Assert.That(await rig.ExistsAsync("d/gone"), Is.False);
        Assert.That((await rig.LookupAsync(directory, "grows")).Attr.Size, Is.EqualTo(18));
    }

    [Test]
    public async Task Recursive_lists_every_directory_below_that_is_known_and_no_other(CancellationToken cancellationToken)
    {
        await using MountRig rig = await MountRig.StartAsync();
        rig.Put("r/a/x", "r/a/deep/x", "r/b/x", "r/unknown/x", "other/x");
        // Not in order: a walk would be listed ahead of.
        foreach (string path in (string[])["r", "r/b", "r/a", "r/a/deep", "other"])
            await rig.ListAsync(path);
        rig.TakeCalls();
        rig.Put("r/a/deep/new", "r/b/new", "other/new");

        RefreshResult result = await rig.FileSystem.RefreshAsync("r", recursive: true, cancellationToken);
        Assert.That((result.Directories, result.Added), Is.EqualTo((4, 2)));
        Assert.That(rig.TakeCalls(), Is.EquivalentTo((string[])["LIST r/", "LIST r/a/", "LIST r/a/deep/", "LIST r/b/"]));
        Assert.That((await rig.ExistsAsync("r/a/deep/new"), await rig.ExistsAsync("other/new")), Is.EqualTo((true, false)));
    }

    [Test]
    public async Task A_directory_that_is_gone_is_gone_with_all_below(CancellationToken cancellationToken)
    {
        await using MountRig rig = await MountRig.StartAsync();
        rig.Put("top/keep", "top/gone/below/x");
        await rig.ListAsync("top");
        NodeId below = await rig.NodeAsync("top/gone/below");
        await rig.ListAsync(below);
        rig.Store.Delete("top/gone/below/x");

        RefreshResult result = await rig.FileSystem.RefreshAsync("top/gone/below", recursive: false, cancellationToken);
        Assert.That((result.Exists, result.Removed), Is.EqualTo((false, 3)), "x, the directory and the one above it");
        Assert.That((await rig.ExistsAsync("top/gone"), await rig.ExistsAsync("top/keep")), Is.EqualTo((false, true)));
        rig.Put("top/gone/below/y");
        Assert.That((await rig.FileSystem.RefreshAsync("top", recursive: false, cancellationToken)).Added, Is.EqualTo(3), "each is new again");
        Assert.That(await rig.ListAsync("top/gone/below"), Is.EqualTo((string[])["y"]), "nothing of the old listing is left");
    }

    [Test]
    public async Task A_file_is_found_in_its_directory_and_what_is_nowhere_is_said(CancellationToken cancellationToken)
    {
        await using MountRig rig = await MountRig.StartAsync(kernelOptions: null, change: options => options with { NegativeMetadataTtl = TimeSpan.FromHours(1) });
        rig.Put("d/f");
        NodeId directory = await rig.NodeAsync("d");
        Assert.That(await rig.ExistsAsync("d/new"), Is.False);
        rig.Put("d/new", "far/away/f");
        Assert.That((await rig.FileSystem.RefreshAsync("d/new", recursive: false, cancellationToken)).Exists, Is.True);
        Assert.That(await NamesToldAsync(rig, directory, 2), Is.EquivalentTo((string[])["f", "new"]), "it was never listed: the kernel may remember of each that it does not exist");
        Assert.That(await rig.ExistsAsync("d/new"), Is.True);
        Assert.That((await rig.FileSystem.RefreshAsync("far/away/f", recursive: false, cancellationToken)).Exists, Is.True, "as far as anything is known of it");
        foreach (string path in (string[])["nowhere", "d/nothing", "d/f/below"])
            Assert.That((await rig.FileSystem.RefreshAsync(path, recursive: false, cancellationToken)).Exists, Is.False, path);
    }

    [Test]
    public async Task A_listing_that_began_before_is_not_taken_for_the_answer(CancellationToken cancellationToken)
    {
        await using MountRig rig = await MountRig.StartAsync();
        rig.Put("d/a");
        NodeId directory = await rig.NodeAsync("d");
        rig.TakeCalls();
        Gate gate = rig.Store.Hold(StoreOperation.List, "d/");
        Task<string[]> reader = rig.ListAsync(directory);
        await gate.WaitForArrivalsAsync(1, cancellationToken);
        Task<RefreshResult> refresh = rig.FileSystem.RefreshAsync("d", recursive: false, cancellationToken);
        gate.Open();
        await reader;
        Assert.That((await refresh).Exists, Is.True);
        Assert.That(rig.TakeCalls(), Is.EqualTo((string[])["LIST d/", "LIST d/"]));
    }

    [Test]
    public async Task A_store_that_fails_is_told_and_leaves_what_was_known(CancellationToken cancellationToken)
    {
        await using MountRig rig = await MountRig.StartAsync();
        rig.Put("a");
        await rig.ListAsync();
        rig.Store.Fail(StoreOperation.List, ObjectStoreFailure.Unavailable);
        Assert.That(async () => await rig.FileSystem.RefreshAsync("", recursive: false, cancellationToken), Throws.TypeOf<ObjectStoreException>());
        Assert.That(await rig.ExistsAsync("a"), Is.True);
    }

    private static async Task<string[]> NamesToldAsync(MountRig rig, NodeId parent, int count)
    {
        var names = new List<string>();
        while (names.Count < count)
        {
            FakeNotification notification = await rig.Kernel.NextNotificationAsync();
            Assert.That((notification.Code, notification.Node, notification.IsExpireOnly), Is.EqualTo((FakeNotification.InvalEntry, parent.Value, true)));
            names.Add(Encoding.UTF8.GetString(notification.Name));
        }
        return [.. names];
    }
}
