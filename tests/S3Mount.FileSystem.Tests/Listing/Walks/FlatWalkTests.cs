using System.Text;
using S3Mount.FileSystem.Inodes;
using S3Mount.FileSystem.Listing;
using S3Mount.FileSystem.Listing.Walks;
using S3Mount.ObjectStore;
using S3Mount.Testing;

namespace S3Mount.FileSystem.Tests.Listing.Walks;

/// <summary>Walks through many small directories: one scan for the listings of all of them.</summary>
[CancelAfter(60_000)]
public sealed class FlatWalkTests : IDisposable
{
    private readonly FlatWalkRig _rig = new(ttl: TimeSpan.FromHours(1));

    public void Dispose() => _rig.Dispose();

    [TestCase(1, 3000)]
    [TestCase(3000, 1)]
    [TestCase(60, 50)]
    [TestCase(5, 600)]
    [TestCase(12, 250)]
    public async Task A_walk_of_small_directories_costs_little_more_than_a_request_for_a_thousand_keys(int outer, int inner, CancellationToken cancellationToken)
    {
        string[] keys = Tree(outer, inner, files: 3);
        _rig.Put(keys);
        await WalkAndCompareAsync(keys, cancellationToken);
        Assert.That(_rig.Store.Lists, Is.LessThanOrEqualTo((keys.Length * 1.1 / 1000) + 20 + 8), Requests());
    }

    [Test]
    public async Task A_deep_tree_of_small_directories_is_scanned_from_its_top(CancellationToken cancellationToken)
    {
        string[] keys = [.. from a in Enumerable.Range(0, 6) from b in Enumerable.Range(0, 12) from c in Enumerable.Range(0, 30) from f in Enumerable.Range(0, 4) select $"y{a}/m{b:d2}/d{c:d2}/f{f}"];
        _rig.Put(keys);
        await WalkAndCompareAsync(keys, cancellationToken);
        Assert.That(_rig.Store.Lists, Is.LessThanOrEqualTo(50), Requests());
    }

    [Test]
    public async Task Large_directories_are_listed_one_by_one(CancellationToken cancellationToken)
    {
        string[] keys = Tree(20, 1, files: 400);
        _rig.Put(keys);
        await WalkAndCompareAsync(keys, cancellationToken);
        Assert.That((_rig.FlatLists, _rig.Store.Lists), Is.EqualTo((0, 1 + 20)));
    }

    [Test]
    public async Task A_walk_that_does_not_descend_scans_nothing_of_what_lies_below(CancellationToken cancellationToken)
    {
        _rig.Put(Tree(50, 20, files: 3));
        foreach (DirectoryInode directory in _rig.Below(await _rig.ReadAsync(_rig.Root, cancellationToken)))
            await _rig.ReadAsync(directory, cancellationToken);
        Assert.That((_rig.FlatLists, _rig.Store.Lists), Is.EqualTo((0, 51)));
    }

    [Test]
    public async Task A_walk_that_no_longer_descends_is_scanned_no_more(CancellationToken cancellationToken)
    {
        _rig.Store.PageSize = 10;
        string[] keys = [.. Tree(20, 1, files: 3), .. from a in Enumerable.Range(20, 200) from b in Enumerable.Range(0, 30) select $"d{a:d4}/e{b:d4}/f"];
        _rig.Put(keys);
        int read = 0;
        foreach (DirectoryInode directory in _rig.Below(await _rig.ReadAsync(_rig.Root, cancellationToken)))
        {
            await _rig.ReadAsync(directory, cancellationToken);
            if (++read > 20)
                continue;
            foreach (DirectoryInode below in _rig.Below(await _rig.ReadAsync(directory, cancellationToken)))
                await _rig.ReadAsync(below, cancellationToken);
        }
        Assert.That(_rig.FlatLists, Is.LessThan(100), "of 600 pages");
    }

    [Test]
    public async Task A_walk_that_stops_costs_a_bound_and_one_that_goes_on_later_is_whole(CancellationToken cancellationToken)
    {
        _rig.Store.PageSize = 10;
        string[] keys = Tree(1, 1000, files: 3);
        _rig.Put(keys);
        DirectoryInode[] directories = [.. _rig.Below(await _rig.ReadAsync(await FirstAsync(cancellationToken), cancellationToken))];
        for (int i = 0; i < 20; i++)
            await _rig.ReadAsync(directories[i], cancellationToken);
        while (_rig.Scans > 0)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (_rig.Time.ActiveTimers > 0)
                _rig.Time.Advance(FlatWalk.Patience);
            await Task.Yield();
        }
        Assert.That(_rig.FlatLists, Is.LessThanOrEqualTo((20 * 3 / 10) + 40));
        Assert.That(_rig.ListedAlone.Distinct().Count(), Is.LessThanOrEqualTo(2 + 20), Requests());
        _rig.Store.ResetCalls();
        for (int i = 20; i < directories.Length; i++)
            Assert.That(FlatWalkRig.Shown(await _rig.ReadAsync(directories[i], cancellationToken)), Is.EqualTo(FlatWalkRig.Expected(keys, PrefixOf(directories[i]))));
        Assert.That(_rig.Store.Lists, Is.LessThanOrEqualTo(300 * 1.1), Requests());
    }

    [Test]
    public async Task A_scan_goes_no_further_ahead_of_its_walk_than_its_bound(CancellationToken cancellationToken)
    {
        _rig.Store.PageSize = 10;
        _rig.Put(Tree(1, 2000, files: 3));
        DirectoryInode[] directories = [.. _rig.Below(await _rig.ReadAsync(await FirstAsync(cancellationToken), cancellationToken))];
        for (int i = 0; i < 1000; i++)
        {
            await _rig.ReadAsync(directories[i], cancellationToken);
            Assert.That(_rig.FlatLists * 10, Is.LessThanOrEqualTo((i * 3 * 1.1) + 490), $"after directory {i}");
        }
        Assert.That(_rig.FlatLists * 10, Is.GreaterThan(3000));
    }

    [Test]
    public async Task A_reader_within_a_large_directory_keeps_the_scan_going(CancellationToken cancellationToken)
    {
        _rig.Store.PageSize = 10;
        string[] keys = [.. Tree(20, 1, files: 3), .. Enumerable.Range(0, 3000).Select(i => $"e/f{i:d5}"), .. Tree(20, 1, files: 3).Select(key => "z" + key)];
        _rig.Put(keys);
        await WalkAndCompareAsync(keys, cancellationToken);
        Assert.That(_rig.ListedAlone.Count(prefix => prefix == "e/"), Is.LessThanOrEqualTo(1));
    }

    [Test]
    public async Task Who_waits_for_the_end_of_a_directory_does_not_wait_for_all_that_lies_below_it(CancellationToken cancellationToken)
    {
        _rig.Store.PageSize = 10;
        string[] keys = [.. Tree(12, 3, files: 3), .. from b in Enumerable.Range(0, 2000) select $"e/s{b:d4}/f", "e/z"];
        _rig.Put(keys);
        DirectoryListing? large = null;
        int pages = 0;
        await readAllAsync();
        Assert.That(FlatWalkRig.Shown(large!), Is.EqualTo(FlatWalkRig.Expected(keys, "e/")));
        // The directory alone has 201 pages too, and the scan 200: what counts is that it was not both awaited in full.
        Assert.That(pages, Is.LessThanOrEqualTo(201 + 50));

        async Task readAllAsync()
        {
            foreach (DirectoryInode directory in _rig.Below(await _rig.ReadAsync(_rig.Root, cancellationToken)))
            {
                int before = _rig.Store.Lists;
                DirectoryListing listing = await _rig.ReadAsync(directory, cancellationToken);
                if (PrefixOf(directory) == "e/")
                    (large, pages) = (listing, _rig.Store.Lists - before);
                foreach (DirectoryInode below in _rig.Below(listing))
                    await _rig.ReadAsync(below, cancellationToken);
            }
        }
    }

    [Test]
    public async Task Who_reads_the_next_directory_joins_the_scan(CancellationToken cancellationToken)
    {
        DirectoryInode[] directories = await ScanHeldAsync(cancellationToken, out Gate gate);
        Task<DirectoryListing> next = _rig.ReadAsync(directories[30], cancellationToken);
        Assert.That((next.IsCompleted, gate.Waiting), Is.EqualTo((false, 1)));
        gate.Open();
        Assert.That(FlatWalkRig.Shown(await next), Is.EqualTo(["f0", "f1", "f2"]));
        Assert.That(_rig.ListedAlone, Has.None.EqualTo(PrefixOf(directories[30])));
    }

    [Test]
    public async Task Who_reads_a_directory_far_ahead_has_it_listed_alone(CancellationToken cancellationToken)
    {
        DirectoryInode[] directories = await ScanHeldAsync(cancellationToken, out Gate gate);
        Task<DirectoryListing> far = _rig.ReadAsync(directories[900], cancellationToken);
        Assert.That((far.IsCompleted, gate.Waiting), Is.EqualTo((false, 2)));
        gate.Open();
        await far;
        Assert.That(_rig.ListedAlone, Has.One.EqualTo(PrefixOf(directories[900])));
    }

    [Test]
    public async Task A_directory_that_is_gone_when_the_scan_comes_to_it_is_empty(CancellationToken cancellationToken)
    {
        DirectoryInode[] directories = await ScanHeldAsync(cancellationToken, out Gate gate);
        for (int f = 0; f < 3; f++)
            _rig.Store.Delete($"{PrefixOf(directories[30])}f{f}");
        Task<DirectoryListing> gone = _rig.ReadAsync(directories[30], cancellationToken);
        gate.Open();
        DirectoryListing listing = await gone;
        Assert.That((listing.Count, listing.IsComplete, listing.Trace.Pages), Is.EqualTo((0, true, 1)));
    }

    [Test]
    public async Task The_last_directories_are_empty_when_they_are_gone(CancellationToken cancellationToken)
    {
        DirectoryInode[] directories = await ScanHeldAsync(cancellationToken, out Gate gate);
        foreach (DirectoryInode directory in directories)
        {
            for (int f = 0; f < 3; f++)
                _rig.Store.Delete($"{PrefixOf(directory)}f{f}");
        }
        Task<DirectoryListing> gone = _rig.ReadAsync(directories[30], cancellationToken);
        gate.Open();
        Assert.That((await gone).Count, Is.Zero);
    }

    [Test]
    public async Task A_page_that_fails_fails_who_waits_and_whoever_asks_next_has_it(CancellationToken cancellationToken)
    {
        DirectoryInode[] directories = await ScanHeldAsync(cancellationToken, out Gate gate);
        _rig.Store.Fail(StoreOperation.List, ObjectStoreFailure.Unavailable);
        Task<DirectoryListing> next = _rig.ReadAsync(directories[30], cancellationToken);
        gate.Open();
        Assert.That(async () => await next, Throws.InstanceOf<ObjectStoreException>());
        Assert.That(FlatWalkRig.Shown(await _rig.ReadAsync(directories[30], cancellationToken)), Is.EqualTo(["f0", "f1", "f2"]));
    }

    [Test]
    public async Task The_end_of_the_mount_ends_a_scan_and_who_waits_for_it(CancellationToken cancellationToken)
    {
        DirectoryInode[] directories = await ScanHeldAsync(cancellationToken, out Gate gate);
        Task<DirectoryListing> next = _rig.ReadAsync(directories[30], cancellationToken);
        _rig.Listing.Stop();
        Assert.That(async () => await next, Throws.InstanceOf<OperationCanceledException>());
        await _rig.UntilAsync(() => _rig.Scans == 0, cancellationToken);
        Assert.That(gate.Waiting, Is.Zero);
    }

    [Test]
    public async Task A_listing_holds_from_when_its_page_was_asked_for(CancellationToken cancellationToken)
    {
        DirectoryInode[] directories = await ScanHeldAsync(cancellationToken, out Gate gate);
        _rig.Time.Advance(TimeSpan.FromMinutes(20));
        Task<DirectoryListing> next = _rig.ReadAsync(directories[30], cancellationToken);
        gate.Open();
        Assert.That(_rig.Listing.Clock.Until((await next).ExpiresAt), Is.EqualTo(TimeSpan.FromMinutes(40)));
        Assert.That(_rig.Listing.Clock.Until(_rig.Listing.Cache.FindListing(directories[40])!.ExpiresAt), Is.EqualTo(TimeSpan.FromMinutes(40)));
    }

    [Test]
    public async Task A_walk_after_the_time_to_live_is_scanned_again(CancellationToken cancellationToken)
    {
        string[] keys = Tree(40, 25, files: 3);
        _rig.Put(keys);
        await WalkAndCompareAsync(keys, cancellationToken);
        _rig.Store.ResetCalls();
        await WalkAndCompareAsync(keys, cancellationToken);
        Assert.That(_rig.Store.Lists, Is.Zero);
        _rig.Time.Advance(TimeSpan.FromHours(1));
        await WalkAndCompareAsync(keys, cancellationToken);
        Assert.That(_rig.Store.Lists, Is.LessThanOrEqualTo(25), Requests());
    }

    [Test]
    public async Task Who_has_waited_for_some_pages_has_the_directory_listed_alone(CancellationToken cancellationToken)
    {
        _rig.Store.PageSize = 3;
        DirectoryInode[] directories = await ScanHeldAsync(cancellationToken, out Gate gate);
        Task<DirectoryListing> next = _rig.ReadAsync(directories[60], cancellationToken);
        while (!_rig.ListedAlone.Contains(PrefixOf(directories[60])))
        {
            cancellationToken.ThrowIfCancellationRequested();
            gate.Release();
            await Task.Yield();
        }
        gate.Open();
        Assert.That(FlatWalkRig.Shown(await next), Is.EqualTo(["f0", "f1", "f2"]));
        Assert.That(FlatWalkRig.Shown(await _rig.ReadAsync(directories[61], cancellationToken)), Is.EqualTo(["f0", "f1", "f2"]));
    }

    [Test]
    public async Task A_store_that_does_not_list_in_order_is_scanned_no_more(CancellationToken cancellationToken)
    {
        using var rig = new FlatWalkRig(wrap: store => new UnorderedStore(store));
        string[] keys = Tree(200, 1, files: 3);
        rig.Put(keys);
        await rig.WalkAsync(rig.Root, listing => Assert.That(FlatWalkRig.Shown(listing), Is.EqualTo(FlatWalkRig.Expected(keys, PrefixOf(listing.Directory)))), cancellationToken);
        Assert.That(rig.FlatLists, Is.EqualTo(1));
    }

    [Test]
    public async Task Workers_with_stretches_of_their_own_have_scans_of_their_own(CancellationToken cancellationToken)
    {
        _rig.Store.PageSize = 10;
        string[] keys = Tree(1, 2000, files: 3);
        _rig.Put(keys);
        DirectoryInode[] directories = [.. _rig.Below(await _rig.ReadAsync(await FirstAsync(cancellationToken), cancellationToken))];
        _rig.Store.ResetCalls();
        int most = 0;
        for (int i = 0; i < 500; i++)
        {
            for (int worker = 0; worker < 4; worker++)
            {
                DirectoryInode directory = directories[(worker * 500) + i];
                Assert.That(FlatWalkRig.Shown(await _rig.ReadAsync(directory, cancellationToken)), Is.EqualTo(["f0", "f1", "f2"]));
            }
            most = Math.Max(most, _rig.Scans);
        }
        Assert.That(most, Is.EqualTo(4));
        Assert.That(_rig.FlatLists, Is.LessThanOrEqualTo(600 * 1.2), "no stretch is scanned twice");
        Assert.That(_rig.ListedAlone.Distinct().Count(), Is.LessThanOrEqualTo(4 * 20));
    }

    [Test]
    public async Task Markers_hidden_keys_and_files_behind_directories_are_as_in_a_listing_of_the_directory_alone(CancellationToken cancellationToken)
    {
        string[] keys =
        [
            .. Tree(20, 1, files: 3), "p/", "p/a", "p/a-", "p/a-/x", "p/a/", "p/a0", "p/b/c/d/e", "p/b/c/", "p/b//x", "p/b//y", "p/b/./z", "p/b/" + new string('n', 256),
            "q", "q/", "r/only-marker/", "s/t/u", "s/t", "s/t-", "s/t/u/v",
        ];
        _rig.Put(keys);
        await WalkAndCompareAsync(keys, cancellationToken);
        using var alone = new ListingRig();
        alone.Put(keys);
        await CompareWithOrdinaryAsync(alone, alone.Root, _rig.Root);
        Assert.That(_rig.Listing.Lister.HiddenKeys, Is.EqualTo(alone.Lister.HiddenKeys).And.EqualTo(3));
        Assert.That(_rig.FlatLists, Is.GreaterThan(0));
    }

    private async Task CompareWithOrdinaryAsync(ListingRig alone, DirectoryInode expected, DirectoryInode scanned)
    {
        DirectoryListing ordinary = await alone.Lister.ListAsync(expected, default);
        DirectoryListing listing = _rig.Listing.Cache.FindListing(scanned)!;
        Assert.That(FlatWalkRig.Shown(listing), Is.EqualTo(FlatWalkRig.Shown(ordinary)));
        Assert.That(listing.Trace with { ExpiresAt = 0 }, Is.EqualTo(ordinary.Trace with { ExpiresAt = 0 }), PrefixOf(scanned));
        foreach (DirectoryInode below in _rig.Below(listing))
            await CompareWithOrdinaryAsync(alone, alone.Inodes.GetDirectory(expected, below.Name), below);
    }

    // Directory after directory is read until a scan has begun, whose second page waits at a gate.
    private Task<DirectoryInode[]> ScanHeldAsync(CancellationToken cancellationToken, out Gate gate)
    {
        _rig.Put(Tree(1, 1000, files: 3));
        Gate held = gate = new Gate();
        int flat = 0;
        _rig.Store.OnList = (call, token) => call.List is { Delimiter: false } && ++flat > 0 || (flat > 0) ? held.PassAsync(token) : ValueTask.CompletedTask;
        return BeginAsync();

        async Task<DirectoryInode[]> BeginAsync()
        {
            DirectoryInode[] directories = [.. _rig.Below(await _rig.ReadAsync(await FirstAsync(cancellationToken), cancellationToken))];
            for (int i = 0; i < 10; i++)
                await _rig.ReadAsync(directories[i], cancellationToken);
            Assert.That((_rig.Scans, held.Waiting), Is.EqualTo((1, 1)));
            return directories;
        }
    }

    private async Task<DirectoryInode> FirstAsync(CancellationToken cancellationToken) =>
        _rig.Below(await _rig.ReadAsync(_rig.Root, cancellationToken)).First();

    private async Task WalkAndCompareAsync(string[] keys, CancellationToken cancellationToken)
    {
        ILookup<string, string> byTop = keys.ToLookup(key => key.Split('/')[0]);
        await _rig.WalkAsync(_rig.Root, Compare, cancellationToken);

        void Compare(DirectoryListing listing)
        {
            string prefix = PrefixOf(listing.Directory);
            IEnumerable<string> own = prefix.Length == 0 ? keys : byTop[prefix.Split('/')[0]];
            Assert.That(FlatWalkRig.Shown(listing), Is.EqualTo(FlatWalkRig.Expected(own, prefix)), $"'{prefix}'");
            Assert.That(listing.IsComplete);
        }
    }

    private static string[] Tree(int outer, int inner, int files) => [.. from a in Enumerable.Range(0, outer)
                                                                         from b in Enumerable.Range(0, inner)
                                                                         from f in Enumerable.Range(0, files)
                                                                         select inner == 1 ? $"d{a:d4}/f{f}" : $"d{a:d4}/e{b:d4}/f{f}"];

    private static string PrefixOf(DirectoryInode directory) => Encoding.UTF8.GetString(directory.Prefix);

    private string Requests() => $"{_rig.FlatLists} flat, alone: {string.Join(' ', _rig.ListedAlone)}";

    /// <summary>Lists directories in order, and what lies below them backwards.</summary>
    private sealed class UnorderedStore(FakeObjectStore store) : IObjectStore
    {
        public async ValueTask<ListPage> ListPageAsync(ListPageRequest request, CancellationToken cancellationToken)
        {
            ListPage page = await store.ListPageAsync(request, cancellationToken);
            if (request.Delimiter)
                return page;
            ListedObject[] objects = page.Objects.ToArray();
            Array.Reverse(objects);
            return new ListPage { Bytes = page.Bytes, Objects = objects, CommonPrefixes = page.CommonPrefixes, NextContinuationToken = page.NextContinuationToken };
        }

        public ValueTask<ObjectInfo> HeadAsync(ObjectKey key, CancellationToken cancellationToken) => throw new NotSupportedException();

        public ValueTask ReadRangeAsync(ObjectKey key, ObjectVersion version, long offset, Memory<byte> destination, IReadProgress? progress, CancellationToken cancellationToken) =>
            throw new NotSupportedException();

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
