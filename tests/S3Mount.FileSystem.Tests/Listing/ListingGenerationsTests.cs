using S3Mount.FileSystem.Inodes;
using S3Mount.FileSystem.Listing;
using S3Mount.Testing;

namespace S3Mount.FileSystem.Tests.Listing;

public sealed class ListingGenerationsTests
{
    private readonly FakeTimeProvider _time = new();
    private TimeSpan _ttl;
    private readonly MountClock _clock;

    public ListingGenerationsTests() => _clock = new MountClock(_time);

    [Test]
    public void A_generation_is_found_by_its_directory_and_number()
    {
        ListingGenerations generations = Create();
        DirectoryListing listing = Listing(7);
        generations.Keep(Directory(2), listing, _ttl);
        Assert.That(generations.Find(Directory(2), 7), Is.SameAs(listing));
        Assert.That(generations.Find(Directory(2), 8), Is.Null);
        Assert.That(generations.Find(Directory(3), 7), Is.Null);
    }

    [Test]
    public void A_generation_is_kept_for_the_ttl_after_each_use()
    {
        ListingGenerations generations = Create(TimeSpan.FromMinutes(100));
        generations.Keep(Directory(2), Listing(1), _ttl);
        for (int i = 0; i < 5; i++)
        {
            _time.Advance(TimeSpan.FromMinutes(99));
            Assert.That(generations.Find(Directory(2), 1), Is.Not.Null);
            generations.Keep(Directory(2), Listing((uint)(100 + i)), _ttl);
        }
        _time.Advance(TimeSpan.FromMinutes(100));
        Assert.That(generations.Find(Directory(2), 1), Is.Null);
    }

    [Test]
    public void A_reader_has_an_hour_between_two_reads_even_without_a_ttl()
    {
        ListingGenerations generations = Create(TimeSpan.Zero);
        generations.Keep(Directory(2), Listing(1), _ttl);
        _time.Advance(TimeSpan.FromMinutes(59));
        Assert.That(generations.Find(Directory(2), 1), Is.Not.Null);
    }

    [Test]
    public void An_endless_ttl_keeps_generations_for_ever()
    {
        ListingGenerations generations = Create(Timeout.InfiniteTimeSpan);
        generations.Keep(Directory(2), Listing(1), _ttl);
        _time.Advance(TimeSpan.FromDays(1000));
        generations.Keep(Directory(2), Listing(2), _ttl);
        Assert.That(generations.Find(Directory(2), 1), Is.Not.Null);
    }

    [Test]
    public void Beyond_the_bound_the_one_used_longest_ago_goes_and_the_latest_stays()
    {
        ListingGenerations generations = Create(sizeLimit: (long)(Listing(0).SizeInBytes * 2.5));
        generations.Keep(Directory(2), Listing(1), _ttl);
        generations.Keep(Directory(2), Listing(2), _ttl);
        generations.Find(Directory(2), 1);
        generations.Keep(Directory(2), Listing(3), _ttl);
        Assert.That(new uint[] { 1, 2, 3 }.Where(generation => generations.Find(Directory(2), generation) is not null), Is.EqualTo([1u, 3u]));

        ListingGenerations tiny = Create(sizeLimit: 1);
        tiny.Keep(Directory(2), Listing(1), _ttl);
        Assert.That(tiny.Find(Directory(2), 1), Is.Not.Null);
    }

    [Test]
    public void What_was_read_to_its_end_is_the_first_to_go_and_takes_an_eighth()
    {
        ListingGenerations generations = Create(sizeLimit: Listing(0).SizeInBytes * 16);
        foreach (uint number in Enumerable.Range(1, 8).Select(i => (uint)i))
        {
            generations.Keep(Directory(2), Listing(number), _ttl);
            // Of the second, another reader is still on the way.
            if (number == 2)
                generations.Keep(Directory(2), Listing(number), _ttl);
            if (number > 1)
                generations.End(Directory(2), Listing(number));
        }
        Assert.That(Enumerable.Range(1, 8).Where(number => generations.Find(Directory(2), (uint)number) is not null), Is.EqualTo([1, 2, 7, 8]));
    }

    [Test]
    public void Who_goes_back_after_the_end_is_on_the_way_again()
    {
        ListingGenerations generations = Create(sizeLimit: Listing(0).SizeInBytes * 8);
        generations.Keep(Directory(2), Listing(1), _ttl);
        generations.End(Directory(2), Listing(1));
        Assert.That(generations.Find(Directory(2), 1), Is.Not.Null);
        foreach (uint number in (uint[])[2, 3, 4])
        {
            generations.Keep(Directory(2), Listing(number), _ttl);
            generations.End(Directory(2), Listing(number));
        }
        Assert.That(Enumerable.Range(1, 4).Where(number => generations.Find(Directory(2), (uint)number) is not null), Is.EqualTo([1, 4]));
    }

    private ListingGenerations Create(TimeSpan? ttl = null, long sizeLimit = 1 << 20)
    {
        _ttl = ttl ?? TimeSpan.FromSeconds(60);
        return new ListingGenerations(_clock, sizeLimit);
    }

    private static DirectoryListing Listing(uint generation) => Listings.Build(Directory(2), generation, MountClock.Forever, Pages.Of("a", "b", "c"));

    private static DirectoryInode Directory(int number) => DirectoryInode.RootOf("d"u8.ToArray(), [], number);
}
