using Mono.Unix.Native;
using S3Mount.FileSystem.SavedListings;
using S3Mount.FileSystem.Tests.Semantics;
using S3Mount.Fuse;
using S3Mount.Fuse.Protocol;
using S3Mount.ObjectStore;
using S3Mount.Testing;

namespace S3Mount.FileSystem.Tests.SavedListings;

/// <summary>What a mount shows of the listings that the one before it has left, and until when.</summary>
[CancelAfter(60_000)]
public sealed class SavedListingsTests
{
    private static readonly string[] _keys = ["a/1", "a/2", "a/deep/er/3", "b/4", "b/é", "empty/", "top"];
    private static readonly string[] _tree = ["a/", "a/1", "a/2", "a/deep/", "a/deep/er/", "a/deep/er/3", "b/", "b/4", "b/é", "empty/", "top"];
    private static readonly string[] _directories = ["", "a", "a/deep", "a/deep/er", "b", "empty"];

    [Test]
    public async Task The_tree_is_shown_at_once_without_any_LIST([Values] bool plus)
    {
        await using SavedRig saved = await LearntAsync();
        await using MountRig rig = await saved.MountAsync();
        Assert.That(await SavedRig.WalkAsync(rig, plus), Is.EqualTo(_tree));
        Assert.That(await rig.ReadTextAsync("a/deep/er/3"), Is.EqualTo("a/deep/er/3"));
        FuseEntryOut file = await rig.WalkAsync("b/é");
        Assert.That((file.Attr.Size, file.EntryValid), Is.EqualTo((4UL, 60UL)), "the kernel remembers it for the TTL");
        Assert.That(rig.TakeCalls(), Is.EqualTo(["GET a/deep/er/3"]));
        Assert.That(SavedRig.Counts(rig), Is.EqualTo((6, 0, 0)));
        Assert.That(saved.Warnings, Is.Empty);
    }

    [Test]
    public async Task Names_are_found_without_listing_or_filling_their_directories()
    {
        await using SavedRig saved = await LearntAsync();
        await using MountRig rig = await saved.MountAsync();
        Assert.That((await rig.WalkAsync("a/deep/er/3")).Attr.Size, Is.EqualTo(11UL));
        Assert.That((rig.TakeCalls(), rig.FileSystem.Statistics.Listings), Is.EqualTo((Array.Empty<string>(), 0)));
        Assert.That(SavedRig.Counts(rig), Is.EqualTo((4, 0, 0)));
    }

    [Test]
    public async Task What_was_shown_is_checked_once_and_nothing_else()
    {
        await using SavedRig saved = await LearntAsync();
        await using MountRig rig = await saved.MountAsync();
        FuseEntryOut before = await rig.WalkAsync("b/4");
        await rig.ListAsync("b");
        await SavedRig.EndChecksAsync(rig);
        Assert.That(rig.TakeCalls(), Is.EquivalentTo((string[])["LIST ", "LIST b/"]));
        Assert.That(SavedRig.Counts(rig), Is.EqualTo((0, 2, 0)));
        Assert.That((await rig.WalkAsync("b/4")).NodeId, Is.EqualTo(before.NodeId), "the same version is the same inode");
        Assert.That(rig.TakeCalls(), Is.Empty);
        rig.Advance(61);
        await rig.WalkAsync("b/4");
        Assert.That(rig.TakeCalls(), Is.EqualTo((string[])["LIST ", "LIST b/"]), "once checked, the TTL is what counts");
    }

    [Test]
    public async Task Checks_wait_until_a_walk_is_quiet_but_not_for_ever()
    {
        await using SavedRig saved = new([.. Enumerable.Range(0, 30).Select(i => $"d{i:d2}/x")]);
        string[] all = ["", .. Enumerable.Range(0, 30).Select(i => $"d{i:d2}")];
        await saved.LearnAsync(all);
        await using MountRig rig = await saved.MountAsync();
        await rig.ListAsync();
        for (int i = 0; i < 18; i++)
        {
            await rig.ListAsync($"d{i:d2}");
            rig.Advance(0.5);
        }
        Assert.That(saved.Store.Lists, Is.Zero);
        rig.Advance(2);
        await SavedRig.UntilAsync(() => SavedRig.Counts(rig) == (0, 19, 0));
    }

    [Test]
    public async Task What_was_added_changed_and_removed_is_seen_after_the_check_and_the_kernel_is_told()
    {
        await using var saved = new SavedRig("d/changed", "d/file", "d/removed", "d/same", "d/tree/x");
        await saved.LearnAsync("", "d", "d/tree");
        saved.Store.Put("d/added", "added");
        saved.Store.Put("d/changed", "longer than before");
        saved.Store.Delete("d/removed");
        saved.Store.Delete("d/file");
        saved.Store.Put("d/file/inside", "inside");
        saved.Store.Delete("d/tree/x");
        saved.Store.Put("d/tree", "a file now");

        await using MountRig rig = await saved.MountAsync();
        NodeId directory = await rig.NodeAsync("d");
        Assert.That(await rig.ListAsync(directory, plus: true), Is.EqualTo((string[])["changed", "file", "removed", "same", "tree/"]));
        Assert.That(await rig.ListAsync("d/tree"), Is.EqualTo((string[])["x"]));
        FuseEntryOut same = await rig.WalkAsync("d/same");
        FuseEntryOut changed = await rig.WalkAsync("d/changed");
        Assert.That(rig.TakeCalls(), Is.Empty);
        await SavedRig.EndChecksAsync(rig);

        Assert.That(await NamesToldAsync(rig, directory, 5), Is.EquivalentTo((string[])["added", "changed", "file", "removed", "tree"]));
        Assert.That(SavedRig.Counts(rig), Is.EqualTo((0, 3, 2)));
        Assert.That(await rig.ListAsync(directory), Is.EqualTo((string[])["added", "changed", "file/", "same", "tree"]));
        Assert.That(await rig.ReadTextAsync("d/changed"), Is.EqualTo("longer than before"));
        Assert.That(await rig.ReadTextAsync("d/tree"), Is.EqualTo("a file now"));
        Assert.That(await rig.ListAsync("d/file"), Is.EqualTo((string[])["inside"]));
        Assert.That((await rig.WalkAsync("d/same")).NodeId, Is.EqualTo(same.NodeId));
        Assert.That((await rig.WalkAsync("d/changed")).NodeId, Is.Not.EqualTo(changed.NodeId));
    }

    [Test]
    public async Task A_directory_that_went_and_came_back_is_another_one()
    {
        await using var saved = new SavedRig("d/x", "e/y");
        await saved.LearnAsync("", "d", "e");
        saved.Store.Delete("d/x");
        await using MountRig rig = await saved.MountAsync();
        await rig.ListAsync();
        await SavedRig.EndChecksAsync(rig);
        Assert.That(await rig.ListAsync(), Is.EqualTo((string[])["e/"]));
        saved.Store.Put("d/new", "new");
        rig.Advance(61);
        Assert.That(await rig.ListAsync("d"), Is.EqualTo((string[])["new"]));
    }

    [Test]
    public async Task A_saved_listing_does_not_say_what_is_not_there()
    {
        await using SavedRig saved = await LearntAsync();
        saved.Store.Put("b/uploaded", "uploaded since");
        await using MountRig rig = await saved.MountAsync();
        NodeId directory = await rig.NodeAsync("b");
        await rig.ListAsync(directory);
        Assert.That(await rig.ReadTextAsync("b/uploaded"), Is.EqualTo("uploaded since"));
        Assert.That(rig.TakeCalls(), Is.EqualTo((string[])["LIST b/uploaded", "GET b/uploaded"]));
        FuseEntryOut missing = await rig.LookupAsync(directory, "nothing");
        Assert.That((missing.NodeId, missing.EntryValid), Is.EqualTo((0UL, 5UL)));
        await rig.LookupAsync(directory, "nothing");
        Assert.That(rig.TakeCalls(), Is.EqualTo((string[])["LIST b/nothing"]), "what the store said holds for its own time");
        await SavedRig.EndChecksAsync(rig);
        rig.TakeCalls();
        rig.Advance(10);
        Assert.That((await rig.LookupAsync(directory, "nothing")).NodeId, Is.Zero);
        Assert.That(rig.TakeCalls(), Is.Empty, "a listing of the store's does say");
    }

    [Test]
    public async Task While_the_store_is_in_trouble_the_saved_listing_is_shown_also_beyond_the_TTL()
    {
        await using SavedRig saved = await LearntAsync();
        saved.Store.Put("b/later", "later");
        await using MountRig rig = await saved.MountAsync();
        await rig.ListAsync("b");
        saved.Store.Fail(StoreOperation.List, ObjectStoreFailure.Unavailable, times: int.MaxValue);
        rig.Advance(SavedCheck.Quiet.TotalSeconds);
        for (int i = 1; i <= 8; i++)
        {
            await SavedRig.UntilAsync(() => saved.Store.Lists > 0 && !rig.FileSystem.IsListing && rig.Time.ActiveTimers > 1);
            Assert.That(await rig.ListAsync("b"), Is.EqualTo((string[])["4", "é"]));
            Assert.That((await rig.WalkAsync("b/4")).EntryValid, Is.EqualTo(60UL));
            Assert.That(SavedRig.Counts(rig), Is.EqualTo((2, 0, 0)));
            saved.Store.ResetCalls();
            rig.Advance(300);
        }
        Assert.That(rig.Logger.Lines.Select(line => line.Text), Has.Exactly(1).Contains("it is shown as it was saved until it can be"));
        string[] pauses = [.. rig.Logger.Lines.Where(line => line.Text.Contains("it is tried again in", StringComparison.Ordinal)).Select(line => line.Text.Split(' ')[^2])];
        Assert.That(pauses[..7], Is.EqualTo((string[])["10", "20", "40", "80", "160", "300", "300"]));
        saved.Store.ClearFaults();
        rig.Advance(300);
        await SavedRig.UntilAsync(() => SavedRig.Counts(rig) == (0, 2, 1));
        Assert.That(await rig.ListAsync("b"), Is.EqualTo((string[])["4", "later", "é"]));
    }

    [Test]
    public async Task A_read_of_a_version_that_is_gone_is_ESTALE_and_its_directory_is_checked_at_once([Values] bool listed)
    {
        await using SavedRig saved = await LearntAsync();
        saved.Store.Put("b/4", "overwritten");
        await using MountRig rig = await saved.MountAsync();
        if (listed)
            await rig.ListAsync("b");
        FuseEntryOut old = await rig.WalkAsync("b/4");
        Assert.That((await rig.Kernel.ReadAsync(new NodeId(old.NodeId), 0, 4096)).Error, Is.EqualTo(Errno.ESTALE));
        Assert.That(await rig.ReadTextAsync("b/4"), Is.EqualTo("overwritten"));
        // The clock stands still.
        await SavedRig.UntilAsync(() => SavedRig.Status(rig).Differed == 1);
        Assert.That(SavedRig.Counts(rig), Is.EqualTo((1, 1, 1)), "the prefix itself waits");
    }

    [Test]
    public async Task Refresh_lists_a_directory_that_is_shown_as_saved(CancellationToken cancellationToken)
    {
        await using SavedRig saved = await LearntAsync();
        saved.Store.Put("b/new", "new");
        await using MountRig rig = await saved.MountAsync();
        NodeId directory = await rig.NodeAsync("b");
        await rig.ListAsync(directory);
        RefreshResult result = await rig.FileSystem.RefreshAsync("b", recursive: false, cancellationToken);
        Assert.That(result, Is.EqualTo(new RefreshResult(Exists: true, Directories: 1, Entries: 3, Added: 1, Changed: 0, Removed: 0, IsTold: true)));
        Assert.That(await rig.ListAsync(directory), Is.EqualTo((string[])["4", "new", "é"]));
        Assert.That(SavedRig.Counts(rig), Is.EqualTo((1, 1, 1)));
        await SavedRig.EndChecksAsync(rig);
        Assert.That(rig.TakeCalls(), Is.EqualTo((string[])["LIST b/", "LIST "]), "it is not checked again");
    }

    [Test]
    public async Task Four_pages_at_most_are_asked_for_by_checks([Values(3, 8, 64)] int connections)
    {
        await using var saved = new SavedRig([.. Enumerable.Range(0, 12).SelectMany(d => Enumerable.Range(0, 60).Select(i => $"d{d:d2}/{i:d3}"))]);
        string[] all = ["", .. Enumerable.Range(0, 12).Select(i => $"d{i:d2}")];
        await saved.LearnAsync(all);
        await using MountRig rig = await saved.MountAsync(options => options with { MaxConnections = connections });
        saved.Store.PageSize = 5;
        saved.Store.CompletesAsynchronously = true;
        await SavedRig.WalkAsync(rig);
        await SavedRig.EndChecksAsync(rig);
        Assert.That(saved.Store.MaxInFlight, Is.InRange(1, Math.Clamp(connections / 4, 1, 4)));
        Assert.That(SavedRig.Counts(rig), Is.EqualTo((0, 13, 0)));
    }

    [Test]
    public async Task A_reader_that_is_half_way_through_goes_on_while_the_directory_is_checked()
    {
        await using var saved = new SavedRig([.. Enumerable.Range(0, 400).Select(i => $"file with a name {i:d3}")]);
        await saved.LearnAsync("");
        saved.Store.Delete("file with a name 399");
        await using MountRig rig = await saved.MountAsync();
        var names = new List<string>();
        ulong offset = 0;
        while (true)
        {
            IReadOnlyList<S3Mount.Testing.Fuse.FakeDirent> part = (await rig.Kernel.ReadDirPlusAsync(NodeId.Root, offset, 4096)).Required;
            if (part.Count == 0)
                break;
            if (offset != 0)
                Assert.That(part.Select(entry => entry.Entry!.Value.NodeId), Is.All.Zero, "what is known to be old is named at most");
            names.AddRange(part.Select(entry => entry.Name));
            offset = part[^1].Offset;
            if (SavedRig.Status(rig).Checked == 0)
                await SavedRig.EndChecksAsync(rig);
        }
        Assert.That(names, Has.Count.EqualTo(402));
        Assert.That(await rig.ListAsync(), Has.Length.EqualTo(399));
    }

    [Test]
    public async Task With_a_TTL_of_nothing_it_is_shown_until_it_is_checked()
    {
        await using SavedRig saved = await LearntAsync();
        saved.Store.Put("b/new", "new");
        await using (MountRig rig = await saved.MountAsync(options => options with { MetadataTtl = TimeSpan.Zero }))
        {
            Assert.That(await rig.ListAsync("b"), Is.EqualTo((string[])["4", "é"]));
            Assert.That((await rig.WalkAsync("b/4")).EntryValid, Is.Zero);
            Assert.That(rig.TakeCalls(), Is.Empty);
            await SavedRig.EndChecksAsync(rig);
            rig.TakeCalls();
            Assert.That(await rig.ListAsync("b"), Is.EqualTo((string[])["4", "new", "é"]));
            Assert.That(rig.TakeCalls(), Does.Contain("LIST b/"));
        }
        Assert.That(ListingSaverTests.Listed(saved.Read()), Is.EqualTo((string[])["", "a/", "a/deep/", "a/deep/er/", "empty/"]), "what was wrong is not saved again, and what was right is");
    }

    [Test]
    public async Task What_makes_room_in_memory_is_shown_again_as_it_was_saved()
    {
        await using var saved = new SavedRig([.. Enumerable.Range(0, 40).SelectMany(d => Enumerable.Range(0, 50).Select(i => $"d{d:d2}/file {i:d3}"))]);
        string[] all = ["", .. Enumerable.Range(0, 40).Select(i => $"d{i:d2}")];
        await saved.LearnAsync(all);
        for (int mount = 0; mount < 2; mount++)
        {
            await using MountRig rig = await saved.MountAsync(options => options with { ListingMemory = 20_000 });
            for (int i = 0; i < 2; i++)
                Assert.That(await SavedRig.WalkAsync(rig), Has.Length.EqualTo(2040));
            Assert.That(saved.Store.Lists, Is.Zero);
            await SavedRig.EndChecksAsync(rig);
            Assert.That(SavedRig.Counts(rig), Is.EqualTo((0, 41, 0)));
        }
        Assert.That(saved.Read().Summary.Files, Is.EqualTo(2000));
    }

    [Test]
    public async Task A_walk_lists_only_what_was_not_saved()
    {
        await using var saved = new SavedRig([.. Enumerable.Range(0, 60).SelectMany(d => Enumerable.Range(0, 3).Select(i => $"d{d:d2}/{i}"))]);
        string[] known = ["", .. Enumerable.Range(0, 40).Select(i => $"d{i:d2}")];
        await saved.LearnAsync(known);
        Assert.That(saved.Read().Summary.Directories, Is.EqualTo(60));
        await using MountRig rig = await saved.MountAsync();
        for (int i = 0; i < 40 - 1; i++)
            await rig.ListAsync($"d{i:d2}");
        await rig.EndListingsAsync();
        Assert.That(saved.Store.Calls.Select(call => call.Key.ToString()).Where(key => string.CompareOrdinal(key, "d40") < 0), Is.Empty);
        Assert.That(await SavedRig.WalkAsync(rig), Has.Length.EqualTo(240));
    }

    internal static async Task<SavedRig> LearntAsync()
    {
        var saved = new SavedRig(_keys);
        await saved.LearnAsync(_directories);
        return saved;
    }

    internal static async Task<string[]> NamesToldAsync(MountRig rig, NodeId directory, int count)
    {
        var names = new List<string>();
        while (names.Count < count)
        {
            Testing.Fuse.FakeNotification told = await rig.Kernel.NextNotificationAsync();
            if (told.Code == Testing.Fuse.FakeNotification.InvalEntry && told.Node == directory.Value)
                names.Add(System.Text.Encoding.UTF8.GetString(told.Name));
        }
        return [.. names];
    }
}
