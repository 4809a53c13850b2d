using S3Mount.FileSystem.Inodes;
using S3Mount.FileSystem.Listing;
using S3Mount.Testing;

namespace S3Mount.FileSystem.Tests.Listing;

public sealed class ListingCacheTests : IDisposable
{
    private readonly FakeTimeProvider _time = new();
    private readonly MountClock _clock;
    private readonly ListingCache _cache;

    public ListingCacheTests()
    {
        _clock = new MountClock(_time);
        _cache = new ListingCache(_clock, sizeLimit: 100_000);
    }

    public void Dispose() => _cache.Dispose();

    [Test]
    public void A_listing_answers_until_it_expires()
    {
        DirectoryInode directory = Directory(2);
        DirectoryListing listing = Listing(10, seconds: 60);
        _cache.Add(directory, listing);
        _time.Advance(TimeSpan.FromSeconds(59.999));
        Assert.That(_cache.FindListing(directory), Is.SameAs(listing));
        _time.Advance(TimeSpan.FromSeconds(0.001));
        Assert.That(_cache.FindListing(directory), Is.Null);
    }

    [Test]
    public void A_clock_set_back_or_forth_lets_nothing_live_longer()
    {
        DirectoryInode directory = Directory(2);
        _cache.Add(directory, Listing(10, seconds: 60));
        _time.SetUtcNow(_time.GetUtcNow().AddDays(-1));
        _time.Advance(TimeSpan.FromSeconds(60));
        Assert.That(_cache.FindListing(directory), Is.Null);
    }

    [Test]
    public void What_never_expires_is_kept()
    {
        DirectoryInode directory = Directory(2);
        DirectoryListing listing = Listing(10, seconds: null);
        _cache.Add(directory, listing);
        _time.Advance(TimeSpan.FromDays(1000));
        Assert.That(_cache.FindListing(directory), Is.SameAs(listing));
    }

    [Test]
    public void An_answer_belongs_to_its_directory_and_its_name()
    {
        var result = new LookupResult(DirectoryEntry.Directory, MountClock.Forever);
        DirectoryInode directory = Directory(2);
        _cache.Add(directory, "name"u8.ToArray(), result);
        Assert.That(_cache.FindAttribute(directory, "name"u8), Is.SameAs(result));
        Assert.That(_cache.FindAttribute(directory, "nam"u8), Is.Null);
        Assert.That(_cache.FindAttribute(Directory(3), "name"u8), Is.Null);
    }

    [Test]
    public void A_version_that_is_gone_no_longer_answers_and_another_one_still_does()
    {
        DirectoryInode directory = Directory(2);
        _cache.Add(directory, "name"u8.ToArray(), new LookupResult(DirectoryEntry.File(Pages.Version(1), ""), MountClock.Forever));
        _cache.Doubt(directory, "name"u8.ToArray(), Pages.Version(2));
        Assert.That(_cache.FindAttribute(directory, "name"u8), Is.Not.Null);
        _cache.Doubt(directory, "name"u8.ToArray(), Pages.Version(1));
        Assert.That(_cache.FindAttribute(directory, "name"u8), Is.Null);
    }

    [Test]
    public void Room_is_made_for_what_is_new_and_the_bound_is_kept()
    {
        DirectoryInode[] directories = [.. Enumerable.Range(2, 100).Select(id => Directory(id))];
        foreach (DirectoryInode directory in directories)
        {
            _cache.Add(directory, Listing(100, seconds: 60));
            Assert.That(_cache.FindListing(directory), Is.Not.Null, "the listing that was just made was refused");
            _time.Advance(TimeSpan.FromMilliseconds(1));
        }
        long kept = directories.Select(_cache.FindListing).Sum(listing => listing?.SizeInBytes ?? 0);
        Assert.That(kept, Is.GreaterThan(50_000).And.LessThanOrEqualTo(100_000));
    }

    [Test]
    public void Room_for_a_large_listing_is_made_of_as_many_small_ones_as_it_takes()
    {
        DirectoryInode[] small = [.. Enumerable.Range(2, 150).Select(id => Directory(id))];
        foreach (DirectoryInode directory in small)
            _cache.Add(directory, Listing(5, seconds: 60));
        DirectoryInode large = Directory(1000);
        _cache.Add(large, Listing(1200, seconds: 60));
        Assert.That(_cache.FindListing(large), Is.Not.Null);
    }

    [Test]
    public void Room_is_made_of_few_large_listings_too()
    {
        for (int id = 2; id < 20; id++)
        {
            DirectoryInode directory = Directory(id);
            _cache.Add(directory, Listing(id % 2 == 0 ? 500 : 900, seconds: 60));
            Assert.That(_cache.FindListing(directory), Is.Not.Null);
        }
    }

    [Test]
    public void A_listing_larger_than_the_whole_cache_is_refused_and_drives_nothing_out()
    {
        DirectoryInode[] small = [.. Enumerable.Range(2, 4).Select(id => Directory(id))];
        foreach (DirectoryInode directory in small)
            _cache.Add(directory, Listing(10, seconds: 60));
        DirectoryInode large = Directory(1000);
        _cache.Add(large, Listing(2000, seconds: 60));
        Assert.That(_cache.FindListing(large), Is.Null);
        Assert.That(small.Select(_cache.FindListing), Is.All.Not.Null);
    }

    [Test]
    public void An_answer_that_expires_while_it_is_added_is_not_kept_and_breaks_nothing()
    {
        var clock = new MountClock(new RunningTimeProvider());
        using var cache = new ListingCache(clock);
        for (int ticks = 0; ticks < 20; ticks++)
            Assert.That(() => cache.Add(Directory(2), "n"u8.ToArray(), new LookupResult(null, clock.Now + ticks)), Throws.Nothing);
    }

    private DirectoryListing Listing(int entries, int? seconds) => Listings.Build(
        Directory(1),
        1,
        seconds is { } left ? _clock.After(TimeSpan.FromSeconds(left)) : MountClock.Forever,
        Pages.Of([.. Enumerable.Range(0, entries).Select(i => $"f{i:d4}")]));

    private static DirectoryInode Directory(int number) => DirectoryInode.RootOf("d"u8.ToArray(), [], number);

    /// <summary>A clock that moves by one tick whenever it is read.</summary>
    private sealed class RunningTimeProvider : TimeProvider
    {
        private long _ticks;

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override long GetTimestamp() => Interlocked.Increment(ref _ticks);
    }
}
