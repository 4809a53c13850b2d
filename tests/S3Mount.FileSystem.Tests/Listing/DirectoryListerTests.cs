using S3Mount.FileSystem.Listing;
using S3Mount.ObjectStore;
using S3Mount.Testing;

namespace S3Mount.FileSystem.Tests.Listing;

public sealed class DirectoryListerTests : IDisposable
{
    private readonly ListingRig _rig = new();

    public void Dispose() => _rig.Dispose();

    [TestCase("file", false)]
    [TestCase("directory", true)]
    [TestCase("marker", true)]
    [TestCase("both", true)]
    [TestCase("missing", null)]
    [TestCase("fil", null)]
    public async Task A_lookup_costs_one_request_as_a_rule(string name, bool? isDirectory)
    {
        _rig.Put("file", "file2", "file.txt", "directory/x", "directory/y/z", "marker/", "both", "both/x", "aaa", "zzz");
        DirectoryEntry? entry = await _rig.LookUpAsync(name);
        Assert.That(entry?.IsDirectory, Is.EqualTo(isDirectory));
        Assert.That(_rig.TakeListed(), Is.EqualTo([name]));
    }

    [Test]
    public async Task A_file_comes_with_its_version_and_no_HEAD()
    {
        ObjectVersion version = _rig.Store.Put("file", "content").Version;
        Assert.That(await _rig.LookUpAsync("file"), Is.EqualTo(DirectoryEntry.File(version, "STANDARD")));
        Assert.That((_rig.Store.Heads, _rig.Store.Lists), Is.EqualTo((0, 1)));
    }

    [TestCase("x", true)]
    [TestCase("y", false)]
    public async Task A_second_request_is_made_only_where_the_page_ends_before_the_directory(string name, bool isDirectory)
    {
        for (int i = 0; i < 100; i++)
            _rig.Put($"x-{i:d3}", $"y-{i:d3}");
        _rig.Put("x/inside", "x", "y");
        DirectoryEntry? entry = await _rig.LookUpAsync(name);
        Assert.That(entry?.IsDirectory, Is.EqualTo(isDirectory));
        Assert.That(_rig.TakeListed(), Is.EqualTo([name, name + "/"]));
    }

    [Test]
    public async Task No_second_request_is_made_where_the_page_has_gone_past_the_directory()
    {
        for (int i = 0; i < 100; i++)
            _rig.Put($"x{i:d3}");
        _rig.Put("x");
        Assert.That((await _rig.LookUpAsync("x"))?.IsDirectory, Is.False);
        Assert.That(await _rig.LookUpAsync("x0"), Is.Null);
        Assert.That(_rig.TakeListed(), Is.EqualTo(["x", "x0"]));
    }

    [Test]
    public async Task A_directory_that_shows_only_as_a_longer_common_prefix_is_none()
    {
        _rig.Put("ab/c");
        Assert.That(await _rig.LookUpAsync("a"), Is.Null);
    }

    [Test]
    public async Task An_answer_is_kept_for_its_time_and_no_longer()
    {
        _rig.Put("file");
        LookupResult found = await _rig.Lister.LookUpAsync(_rig.Root, "file"u8.ToArray(), default);
        LookupResult missing = await _rig.Lister.LookUpAsync(_rig.Root, "missing"u8.ToArray(), default);
        Assert.That(_rig.Cache.FindAttribute(_rig.Root, "file"u8), Is.SameAs(found));
        Assert.That(_rig.Clock.Until(missing.ExpiresAt), Is.EqualTo(TimeSpan.FromSeconds(5)));
        _rig.Time.Advance(TimeSpan.FromSeconds(5));
        Assert.That(_rig.Cache.FindAttribute(_rig.Root, "missing"u8), Is.Null);
        _rig.Time.Advance(TimeSpan.FromSeconds(54));
        Assert.That(_rig.Clock.Until(_rig.Cache.FindAttribute(_rig.Root, "file"u8)!.ExpiresAt), Is.EqualTo(TimeSpan.FromSeconds(1)));
        _rig.Time.Advance(TimeSpan.FromSeconds(1));
        Assert.That(_rig.Cache.FindAttribute(_rig.Root, "file"u8), Is.Null);
    }

    [Test, CancelAfter(10_000)]
    public async Task What_is_said_holds_from_when_it_was_asked_for(CancellationToken cancellationToken)
    {
        _rig.Put("file");
        using Gate gate = _rig.Store.Hold(StoreOperation.List);
        Task<DirectoryListing> listing = _rig.Lister.ListAsync(_rig.Root, cancellationToken);
        Task<LookupResult> lookup = _rig.Lister.LookUpAsync(_rig.Root, "file"u8.ToArray(), cancellationToken);
        _rig.Time.Advance(TimeSpan.FromSeconds(20));
        gate.Open();
        Assert.That(_rig.Clock.Until((await listing).ExpiresAt), Is.EqualTo(TimeSpan.FromSeconds(40)));
        Assert.That(_rig.Clock.Until((await lookup).ExpiresAt), Is.EqualTo(TimeSpan.FromSeconds(40)));
    }

    [Test, CancelAfter(10_000)]
    public async Task Lookups_and_listings_of_the_same_are_one_request(CancellationToken cancellationToken)
    {
        _rig.Put("d/a", "d/b");
        using Gate gate = _rig.Store.Hold(StoreOperation.List);
        Task<LookupResult>[] lookups = [.. Enumerable.Range(0, 3).Select(_ => _rig.Lister.LookUpAsync(_rig.Root, "d"u8.ToArray(), cancellationToken))];
        Task<LookupResult> other = _rig.Lister.LookUpAsync(_rig.Root, "e"u8.ToArray(), cancellationToken);
        Task<DirectoryListing>[] listings = [.. Enumerable.Range(0, 3).Select(_ => _rig.Lister.ListAsync(_rig.Root, cancellationToken))];
        Assert.That(gate.Waiting, Is.EqualTo(3));
        gate.Open();
        await Task.WhenAll([.. lookups, other, .. listings]);
        Assert.That(_rig.TakeListed(), Is.EqualTo(["d", "e", ""]));
    }

    [Test]
    public async Task A_directory_is_listed_to_its_last_page()
    {
        _rig.Store.PageSize = 3;
        _rig.Put([.. Enumerable.Range(0, 10).Select(i => $"f{i}")]);
        DirectoryListing listing = await _rig.Lister.ListAsync(_rig.Root, default);
        Assert.That((listing.Count, listing.Trace.Pages), Is.EqualTo((10, 4)));
        Assert.That(_rig.Store.Lists, Is.InRange(4, 6), "two requests for nothing at most");
        Assert.That(_rig.Cache.FindListing(_rig.Root), Is.SameAs(listing));
        Assert.That(_rig.Root.LastListing, Is.EqualTo(listing.Trace with { IsKept = true }));
    }

    [Test]
    public async Task Only_the_directory_itself_is_listed()
    {
        using var rig = new ListingRig("data/train/");
        rig.Put("data/train/cat/1", "data/train/x", "data/trainer", "data/a", "x");
        DirectoryListing listing = await rig.Lister.ListAsync(rig.Root, default);
        await rig.LookUpAsync("cat");
        await rig.LookUpAsync("cats");
        Assert.That(listing.Count, Is.EqualTo(2));
        Assert.That(rig.Store.Calls.Select(call => call.List!.Value.Delimiter), Is.All.True);
        Assert.That(rig.TakeListed(), Is.EqualTo(["data/train/", "data/train/cat", "data/train/cats"]));
    }

    [Test]
    public async Task A_page_that_fails_fails_the_listing_and_the_next_one_is_whole()
    {
        _rig.Store.PageSize = 2;
        _rig.Put("a", "b", "c", "d", "e");
        _rig.Store.Fail(StoreOperation.List, ObjectStoreFailure.Unavailable, number: 2);
        Assert.That(async () => await _rig.Lister.ListAsync(_rig.Root, default), Throws.InstanceOf<ObjectStoreException>());
        Assert.That((_rig.Cache.FindListing(_rig.Root), _rig.Root.LastListing), Is.EqualTo(((DirectoryListing?)null, (ListingTrace?)null)));
        Assert.That((await _rig.Lister.ListAsync(_rig.Root, default)).Count, Is.EqualTo(5));
    }

    [Test]
    public void A_refresh_behind_that_fails_is_logged_and_nobody_else_hears_of_it()
    {
        _rig.Store.Fail(StoreOperation.List, ObjectStoreFailure.Unavailable);
        _rig.Lister.RefreshBehind(_rig.Root);
        Assert.That(_rig.Logger.Lines.Single().Text, Does.StartWith("listing '' again failed"));
    }

    [Test]
    public void In_an_outage_one_line_a_minute_tells_of_all_the_refreshes_that_fail()
    {
        var other = _rig.Inodes.GetDirectory(_rig.Root, "d"u8);
        _rig.Store.Fail(StoreOperation.List, ObjectStoreFailure.Unavailable, times: 100);
        for (int second = 0; second < 60; second += 2)
        {
            _rig.Lister.RefreshBehind(_rig.Root);
            _rig.Lister.RefreshBehind(other);
            _rig.Time.Advance(TimeSpan.FromSeconds(2));
        }
        _rig.Lister.RefreshBehind(other);
        string[] lines = [.. _rig.Logger.Lines.Select(line => line.Text)];
        Assert.That(lines, Has.Length.EqualTo(2));
        Assert.That(lines[0], Does.StartWith("listing '' again failed: List '': Unavailable, as the test wanted.; ").And.Contain("(0 more such failures"));
        Assert.That(lines[1], Does.StartWith("listing 'd/' again failed: ").And.Contain("check the store").And.Contain("(59 more such failures"));
        Assert.That(lines, Has.All.Not.Contain(nameof(ObjectStoreException)), "a stack trace");
    }

    [Test, CancelAfter(10_000)]
    public void The_end_of_the_mount_ends_what_is_under_way(CancellationToken cancellationToken)
    {
        using Gate gate = _rig.Store.Hold(StoreOperation.List);
        Task<DirectoryListing> listing = _rig.Lister.ListAsync(_rig.Root, cancellationToken);
        _rig.Lister.RefreshBehind(_rig.Root);
        _rig.Stop();
        Assert.That(async () => await listing, Throws.InstanceOf<OperationCanceledException>());
        Assert.That((_rig.Store.InFlight, _rig.Logger.Lines.Count), Is.EqualTo((0, 0)));
    }

    [Test]
    public async Task Hidden_keys_are_counted_and_the_first_is_named_once()
    {
        _rig.Put("./x", "../y", "a//b", "ok", "/z");
        await _rig.Lister.ListAsync(_rig.Root, default);
        var directory = _rig.Inodes.GetDirectory(_rig.Root, "a"u8);
        DirectoryListing below = await _rig.Lister.ListAsync(directory, default);
        Assert.That((below.Count, _rig.Lister.HiddenKeys), Is.EqualTo((0, 4)));
        Assert.That(_rig.Logger.Lines.Single().Text, Does.StartWith("key '../' cannot be named by a path"));
    }

    [Test]
    public async Task Each_listing_has_a_generation_of_its_own()
    {
        var generations = new List<uint>();
        for (int i = 0; i < 10; i++)
            generations.Add((await _rig.Lister.ListAsync(_rig.Root, default)).Generation);
        Assert.That(generations, Is.Unique.And.All.Positive);
    }

    [TestCase(long.MaxValue)]
    [TestCase(long.MaxValue / 3)]
    [TestCase(-1)]
    public async Task Times_beyond_all_calendars_mean_for_ever(long ticks)
    {
        using var rig = new ListingRig(ttl: new TimeSpan(ticks), negativeTtl: new TimeSpan(ticks));
        rig.Time.Advance(TimeSpan.FromSeconds(1));
        rig.Put("file");
        DirectoryListing listing = await rig.Lister.ListAsync(rig.Root, default);
        LookupResult missing = await rig.Lister.LookUpAsync(rig.Root, "missing"u8.ToArray(), default);
        rig.Time.Advance(TimeSpan.FromDays(10_000));
        Assert.That(rig.Cache.FindListing(rig.Root), Is.SameAs(listing));
        Assert.That(rig.Cache.FindAttribute(rig.Root, "missing"u8), Is.SameAs(missing));
    }
}
