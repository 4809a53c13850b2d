using Mono.Unix.Native;
using S3Mount.FileSystem.SavedListings;
using S3Mount.FileSystem.Tests.Semantics;
using S3Mount.Fuse;
using S3Mount.Fuse.Protocol;
using S3Mount.ObjectStore;
using S3Mount.Testing;

namespace S3Mount.FileSystem.Tests.SavedListings;

/// <summary>Checks of many small directories: how many requests they take, and what becomes of what differs.</summary>
[CancelAfter(180_000)]
public sealed class SavedScanTests
{
    [Test]
    public async Task Thirty_thousand_small_directories_are_checked_by_a_few_requests()
    {
        const int Directories = 30_000, Files = 3;
        await using var saved = new SavedRig(Keys(Directories, Files));
        await LearnAllAsync(saved);
        saved.Store.Put("d12345/1", "overwritten, and longer");
        await using MountRig rig = await saved.MountAsync();
        await SavedRig.WalkAsync(rig);
        Assert.That((saved.Store.Lists, SavedRig.Counts(rig)), Is.EqualTo((0, (Directories + 1, 0, 0))));
        await SavedRig.EndChecksAsync(rig);
        Assert.That(SavedRig.Counts(rig), Is.EqualTo((0, Directories + 1, 1)));
        // Of the keys a thousand a page, one page more for each stretch of 16,000, and the root by itself: a thousand directories a page.
        const int Pages = Directories * Files / 1000, Stretches = (Pages / 16) + 1, Root = Directories / 1000;
        TestContext.Out.WriteLine($"{saved.Store.Lists} LISTs, {saved.FlatLists} of them flat");
        Assert.That(saved.FlatLists, Is.InRange(Pages, Pages + Stretches));
        Assert.That(saved.Store.Lists, Is.LessThanOrEqualTo(Pages + Stretches + Root + 2));
        Assert.That(saved.Store.MaxInFlight, Is.LessThanOrEqualTo(4));
        Assert.That((await rig.WalkAsync("d12345/1")).Attr.Size, Is.EqualTo(23UL));
    }

    [Test]
    public async Task Whatever_changed_is_seen_and_directories_that_went_cost_nothing([Values(3, 7, 1000)] int pageSize)
    {
        await using var saved = new SavedRig([.. Keys(400, 3), "top", "z/y/x/w"]);
        await LearnAllAsync(saved);
        for (int i = 0; i < 400; i += 4)
        {
            foreach (int file in (int[])[0, 1, 2])
                saved.Store.Delete($"d{i:d5}/{file}");
            saved.Store.Put($"d{i + 1:d5}/added", "added");
        }
        saved.Store.Put("d00008", "a file now");
        saved.Store.Put("d00012/sub/tree", "a tree below");
        saved.Store.Put("new/1", "new");
        saved.Store.Delete("z/y/x/w");

        await using MountRig rig = await saved.MountAsync();
        await SavedRig.WalkAsync(rig);
        NodeId added = await rig.NodeAsync("d00001");
        saved.Store.PageSize = pageSize;
        await SavedRig.EndChecksAsync(rig);
        // 902 keys and 302 entries of the root, with what a stretch and a scan in several parts leave over.
        Assert.That(saved.Store.Lists, Is.LessThanOrEqualTo(((902 + 302) * 3 / 2 / pageSize) + (pageSize == 3 ? 400 : 20)));
        Assert.That(await SavedListingsTests.NamesToldAsync(rig, added, 1), Is.EqualTo((string[])["added"]));
        Assert.That(await SavedRig.WalkAsync(rig), Is.EqualTo(Tree(saved)));
        Assert.That(await rig.ReadTextAsync("d00008"), Is.EqualTo("a file now"));
        Assert.That(SavedRig.Status(rig).Unchecked, Is.Zero);
    }

    [Test]
    public async Task What_nobody_has_shown_is_leapt_over_and_what_is_large_is_listed_with_a_delimiter()
    {
        await using var saved = new SavedRig([.. Keys(40, 3), .. Enumerable.Range(0, 20_000).Select(i => $"d00010/big/{i:d5}"), .. Enumerable.Range(0, 9_000).Select(i => $"d00020/{i:d5}")]);
        string[] all = ["", .. Enumerable.Range(0, 40).Select(i => $"d{i:d5}")];
        await saved.LearnAsync(all);
        for (int i = 0; i < 5_000; i++)
            saved.Store.Put($"d00030/grown {i:d5}", "grown");
        await using MountRig rig = await saved.MountAsync();
        foreach (string path in all)
            await rig.ListAsync(path);
        await SavedRig.EndChecksAsync(rig);
        Assert.That(SavedRig.Counts(rig), Is.EqualTo((0, 41, 1)));
        // One or two pages before each of the three, and then: the rest of one, nine for another, four for the third and twice the root.
        TestContext.Out.WriteLine($"{saved.Store.Lists} LISTs, {saved.FlatLists} of them flat");
        Assert.That(saved.FlatLists, Is.LessThanOrEqualTo(8));
        Assert.That(saved.Store.Lists, Is.LessThanOrEqualTo(28));
        Assert.That(await rig.ListAsync("d00030"), Has.Length.EqualTo(5_003));
        Assert.That(await rig.ListAsync("d00010"), Is.EqualTo((string[])["0", "1", "2", "big/"]));
    }

    [Test]
    public async Task What_is_refreshed_while_a_scan_is_under_way_stays(CancellationToken cancellationToken)
    {
        await using var saved = new SavedRig(Keys(30, 3));
        await LearnAllAsync(saved);
        var held = new TaskCompletionSource();
        var asked = new TaskCompletionSource();
        await using MountRig rig = await saved.MountAsync(wrap: store => new LateStore(store, asked, held.Task));
        await SavedRig.WalkAsync(rig);
        rig.Advance(SavedCheck.Quiet.TotalSeconds);
        await asked.Task.WaitAsync(TimeSpan.FromSeconds(20), cancellationToken);
        saved.Store.Put("d00007/added", "added");
        Assert.That((await rig.FileSystem.RefreshAsync("d00007", recursive: false, cancellationToken)).Added, Is.EqualTo(1));
        held.SetResult();
        await SavedRig.EndChecksAsync(rig);
        Assert.That(await rig.ListAsync("d00007"), Is.EqualTo((string[])["0", "1", "2", "added"]));
        Assert.That(SavedRig.Counts(rig), Is.EqualTo((0, 31, 1)));
    }

    [Test]
    public async Task A_directory_that_a_read_has_hurried_does_not_wait_for_a_scan([Values(4, 64)] int connections, CancellationToken cancellationToken)
    {
        await using var saved = new SavedRig(Keys(30, 3));
        await LearnAllAsync(saved);
        saved.Store.Put("d00007/1", "overwritten");
        var held = new TaskCompletionSource();
        var asked = new TaskCompletionSource();
        await using MountRig rig = await saved.MountAsync(options => options with { MaxConnections = connections }, store => new LateStore(store, asked, held.Task));
        await SavedRig.WalkAsync(rig);
        FuseEntryOut old = await rig.WalkAsync("d00007/1");
        saved.Store.PageSize = 10;
        rig.Advance(SavedCheck.Quiet.TotalSeconds);
        await asked.Task.WaitAsync(TimeSpan.FromSeconds(20), cancellationToken);
        Assert.That((await rig.Kernel.ReadAsync(new NodeId(old.NodeId), 0, 4096, interrupt: cancellationToken)).Error, Is.EqualTo(Errno.ESTALE));
        if (connections == 64)
            await SavedRig.UntilAsync(() => SavedRig.Status(rig).Differed == 1);
        held.SetResult();
        await SavedRig.UntilAsync(() => SavedRig.Counts(rig) == (0, 31, 1) && !rig.FileSystem.IsListing);
        Assert.That(await rig.ReadTextAsync("d00007/1"), Is.EqualTo("overwritten"));
        string[] calls = [.. saved.Store.Calls.Where(call => call.List is not null).Select(call => call.Key.ToString())];
        Assert.That(Array.IndexOf(calls, "d00007/"), Is.InRange(1, 5), "after the page that was under way, and what that had begun");
    }

    [TestCase(ObjectStoreFailure.AccessDenied)]
    [TestCase(ObjectStoreFailure.Rejected)]
    public async Task Where_the_store_does_not_list_without_a_delimiter_each_directory_is_listed(ObjectStoreFailure failure)
    {
        await using var saved = new SavedRig(Keys(30, 3));
        await LearnAllAsync(saved);
        saved.Store.Put("d00011/added", "added");
        await using MountRig rig = await saved.MountAsync();
        await SavedRig.WalkAsync(rig);
        saved.Store.OnList = (call, _) => call.List is { Delimiter: false } ? throw StoreFault.Of(failure)(call) : default;
        await SavedRig.EndChecksAsync(rig);
        Assert.That((saved.FlatLists, saved.Store.Lists), Is.EqualTo((1, 32)));
        Assert.That(SavedRig.Counts(rig), Is.EqualTo((0, 31, 1)));
        Assert.That(rig.Logger.Lines.Where(line => line.Text.Contains("saved listing", StringComparison.Ordinal)), Is.Empty);
    }

    [Test]
    public async Task A_store_that_does_not_list_from_a_key_on_is_asked_for_each_directory()
    {
        await using var saved = new SavedRig(Keys(30, 3));
        await LearnAllAsync(saved);
        saved.Store.Put("d00011/added", "added");
        await using MountRig rig = await saved.MountAsync(wrap: store => new ForgetfulStore(store));
        await SavedRig.WalkAsync(rig);
        saved.Store.PageSize = 10;
        await SavedRig.EndChecksAsync(rig);
        Assert.That(SavedRig.Counts(rig), Is.EqualTo((0, 31, 1)));
        Assert.That(saved.FlatLists, Is.InRange(1, 2));
        Assert.That(await SavedRig.WalkAsync(rig), Is.EqualTo(Tree(saved)));
    }

    [Test]
    public async Task A_scan_that_fails_goes_on_when_the_store_does([Values(1, 2, 3)] int number, [Values(ObjectStoreFailure.Unavailable, ObjectStoreFailure.Malformed)] ObjectStoreFailure failure)
    {
        await using var saved = new SavedRig(Keys(40, 3));
        await LearnAllAsync(saved);
        saved.Store.Put("d00011/added", "added");
        await using MountRig rig = await saved.MountAsync(options => options with { MaxConnections = 4 });
        await SavedRig.WalkAsync(rig);
        saved.Store.PageSize = 50;
        saved.Store.Fail(StoreOperation.List, failure, number);
        rig.Advance(SavedCheck.Quiet.TotalSeconds);
        await SavedRig.UntilAsync(() => rig.Logger.Lines.Any(line => line.Text.Contains("cannot be checked", StringComparison.Ordinal)) && !rig.FileSystem.IsListing);
        Assert.That(SavedRig.Status(rig).Unchecked, Is.GreaterThan(0));
        rig.Advance(SavedCheck.FirstPause.TotalSeconds);
        await SavedRig.UntilAsync(() => SavedRig.Counts(rig) == (0, 41, 1) && !rig.FileSystem.IsListing);
        // What cannot be read may be one key's fault: then each directory is listed by itself.
        Assert.That(saved.Store.Lists, Is.LessThanOrEqualTo(failure == ObjectStoreFailure.Malformed ? 60 : 12));
        Assert.That(await SavedRig.WalkAsync(rig), Is.EqualTo(Tree(saved)));
    }

    [Test]
    public async Task A_directory_that_may_not_be_listed_is_left_to_its_readers_and_holds_up_no_other([Values(5, 40)] int directories)
    {
        await using var saved = new SavedRig([.. Keys(directories, 3), .. Enumerable.Range(0, 400).Select(i => $"denied/{i:d3}"), .. Enumerable.Range(0, 400).Select(i => $"denied too/{i:d3}")]);
        await LearnAllAsync(saved);
        saved.Store.Put("d00003/added", "added");
        await using (MountRig rig = await saved.MountAsync())
        {
            await SavedRig.WalkAsync(rig);
            NodeId denied = await rig.NodeAsync("denied");
            await rig.WalkAsync("denied/017");
            saved.Store.Fail(StoreOperation.List, ObjectStoreFailure.AccessDenied, times: int.MaxValue, key: "denied/");
            saved.Store.Fail(StoreOperation.List, ObjectStoreFailure.AccessDenied, times: int.MaxValue, key: "denied too/");
            // The clock stands still from here on: nothing waits for a pause.
            await SavedRig.EndChecksAsync(rig);
            Assert.That(SavedRig.Counts(rig), Is.EqualTo((0, directories + 3, 3)));
            Assert.That(rig.Logger.Lines.Select(line => line.Text), Has.Exactly(1).Contains("is not shown any more: ").And.Exactly(1).Contains("is not shown any more, either: "));
            Assert.That(await SavedListingsTests.NamesToldAsync(rig, denied, 400), Is.EquivalentTo(Enumerable.Range(0, 400).Select(i => $"{i:d3}")));
            Assert.That((await rig.Kernel.ReadDirPlusAsync(denied, 0, 4096)).Error, Is.EqualTo(Errno.EACCES));
            Assert.That((await rig.Kernel.ReadDirPlusAsync(denied, 0, 4096)).Error, Is.EqualTo(Errno.EACCES));
            Assert.That(await rig.ListAsync("d00003"), Is.EqualTo((string[])["0", "1", "2", "added"]));
            saved.Store.ClearFaults();
            Assert.That(await rig.ListAsync(denied), Has.Length.EqualTo(400), "who may again, can");
        }
        Assert.That(ListingSaverTests.Listed(saved.Read()), Does.Contain("denied/").And.Not.Contain("denied too/"), "what may not be listed is not saved again");
    }

    [Test]
    public async Task Credentials_that_do_not_hold_are_an_outage([Values(2, 30)] int directories)
    {
        await using var saved = new SavedRig(Keys(directories, 3));
        await LearnAllAsync(saved);
        await using MountRig rig = await saved.MountAsync();
        await SavedRig.WalkAsync(rig);
        saved.Store.OnList = (call, _) => throw new ObjectStoreException(ObjectStoreFailure.AccessDenied, "no such key id") { Key = call.Key, Status = 403, Code = "InvalidAccessKeyId" };
        rig.Advance(SavedCheck.Quiet.TotalSeconds);
        await SavedRig.UntilAsync(() => saved.Store.Lists > 0 && rig.Logger.Lines.Any(line => line.Text.Contains("it is shown as it was saved until it can be", StringComparison.Ordinal)));
        Assert.That(await rig.ListAsync("d00001"), Is.EqualTo((string[])["0", "1", "2"]));
        saved.Store.OnList = null;
        rig.Advance(SavedCheck.FirstPause.TotalSeconds);
        await SavedRig.UntilAsync(() => SavedRig.Counts(rig) == (0, directories + 1, 0));
        Assert.That(saved.Store.Lists, Is.LessThanOrEqualTo(10));
    }

    private static string[] Keys(int directories, int files) => [.. Enumerable.Range(0, directories).SelectMany(d => Enumerable.Range(0, files).Select(f => $"d{d:d5}/{f}"))];

    private static async Task LearnAllAsync(SavedRig saved)
    {
        await using MountRig rig = await saved.MountAsync();
        await SavedRig.WalkAsync(rig);
    }

    // Every path that the store's keys make.
    private static string[] Tree(SavedRig saved)
    {
        var paths = new SortedSet<string>(StringComparer.Ordinal);
        foreach (string key in saved.Store.Objects.ToArray().Select(stored => stored.Key.ToString()))
        {
            for (int slash = key.IndexOf('/', StringComparison.Ordinal); slash >= 0; slash = key.IndexOf('/', slash + 1))
                paths.Add(key[..(slash + 1)]);
            paths.Add(key);
        }
        return [.. paths];
    }

    /// <summary>Lists from the beginning whatever key it is to begin behind.</summary>
    private sealed class ForgetfulStore(IObjectStore store) : IObjectStore
    {
        public ValueTask<ListPage> ListPageAsync(ListPageRequest request, CancellationToken cancellationToken) => store.ListPageAsync(request with { StartAfter = null }, cancellationToken);

        public ValueTask<ObjectInfo> HeadAsync(ObjectKey key, CancellationToken cancellationToken) => store.HeadAsync(key, cancellationToken);

        public ValueTask ReadRangeAsync(ObjectKey key, ObjectVersion version, long offset, Memory<byte> destination, IReadProgress? progress, CancellationToken cancellationToken) =>
            store.ReadRangeAsync(key, version, offset, destination, progress, cancellationToken);

        public ValueTask DisposeAsync() => default;
    }

    /// <summary>Hands out pages without delimiter only later, as they were when they were asked for.</summary>
    private sealed class LateStore(IObjectStore store, TaskCompletionSource asked, Task held) : IObjectStore
    {
        public async ValueTask<ListPage> ListPageAsync(ListPageRequest request, CancellationToken cancellationToken)
        {
            ListPage page = await store.ListPageAsync(request, cancellationToken);
            if (!request.Delimiter)
            {
                asked.TrySetResult();
                await held.WaitAsync(cancellationToken);
            }
            return page;
        }

        public ValueTask<ObjectInfo> HeadAsync(ObjectKey key, CancellationToken cancellationToken) => store.HeadAsync(key, cancellationToken);

        public ValueTask ReadRangeAsync(ObjectKey key, ObjectVersion version, long offset, Memory<byte> destination, IReadProgress? progress, CancellationToken cancellationToken) =>
            store.ReadRangeAsync(key, version, offset, destination, progress, cancellationToken);

        public ValueTask DisposeAsync() => default;
    }
}
