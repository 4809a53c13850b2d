using System.Text;
using S3Mount.FileSystem.Listing;
using S3Mount.ObjectStore;

namespace S3Mount.FileSystem.Tests.Listing;

public sealed class DirectoryListingBuilderTests
{
    private const long MountSeconds = 1_600_000_000;

    [Test]
    public void Names_are_ordered_by_their_bytes_whatever_the_order_of_keys()
    {
        DirectoryListing listing = Build("", Pages.Of("a-", "a.b", "a0", "b", "é", "\U0001F600", "\uFFFD", "a/", "Z/"));
        Assert.That(Names(listing), Is.EqualTo(["Z", "a", "a-", "a.b", "a0", "b", "é", "\uFFFD", "\U0001F600"]));
        Assert.That(Enumerable.Range(0, listing.Count).Where(listing.IsDirectoryAt), Is.EqualTo([0, 1]));
    }

    [Test]
    public void Every_name_is_found_and_no_other()
    {
        string[] names = [.. Enumerable.Range(0, 1000).Select(i => $"f{i * 2}")];
        DirectoryListing listing = Build("d/", Pages.Of([.. names.Select(name => "d/" + name)]));
        for (int i = 0; i < 1000; i++)
        {
            int found = listing.Find(Encoding.UTF8.GetBytes($"f{i * 2}"));
            Assert.That(Encoding.UTF8.GetString(listing.NameAt(found)), Is.EqualTo($"f{i * 2}"));
            Assert.That(listing.Find(Encoding.UTF8.GetBytes($"f{(i * 2) + 1}")), Is.Negative);
        }
        Assert.That(listing.Find(""u8), Is.Negative);
    }

    [Test]
    public void A_directory_wins_over_a_file_of_its_name_also_across_pages()
    {
        var builder = new DirectoryListingBuilder(0);
        builder.Add(Pages.Of("a", "a-"));
        builder.Add(Pages.Of("a/", "b/"));
        builder.Add(Pages.Of("b", "c"));
        DirectoryListing listing = Build(builder);
        Assert.That(Names(listing), Is.EqualTo(["a", "a-", "b", "c"]));
        Assert.That(Enumerable.Range(0, 4).Select(listing.IsDirectoryAt), Is.EqualTo([true, false, true, false]));
        Assert.That(listing.Trace.Pages, Is.EqualTo(3));
    }

    [Test]
    public void A_name_that_two_pages_tell_is_shown_once()
    {
        var builder = new DirectoryListingBuilder(0);
        builder.Add(Pages.Of("a", "b", "d/"));
        builder.Add(Pages.Of("b", "c", "d/"));
        Assert.That(Names(Build(builder)), Is.EqualTo(["a", "b", "c", "d"]));
    }

    [Test]
    public void The_marker_of_the_directory_itself_is_never_a_file()
    {
        var builder = new DirectoryListingBuilder("d/".Length);
        builder.Add(Pages.WithMarker("d/", "d/a"));
        DirectoryListing listing = Build(builder);
        Assert.That((Names(listing), builder.Hidden), Is.EqualTo((new[] { "a" }, 0)));
    }

    [Test]
    public void Keys_that_no_path_can_name_are_left_out_and_counted()
    {
        string longest = new('x', 255);
        var builder = new DirectoryListingBuilder(0);
        builder.Add(Pages.Of("/", ".", "..", "./", "../", "a\0b", longest, longest + "y", "...", " ", "a"));
        builder.Add(Pages.OfBytes([0xff, 0xfe], [(byte)'o', 0xc3], "ok"u8.ToArray()));
        DirectoryListing listing = Build(builder);
        Assert.That(Names(listing), Is.EqualTo([" ", "...", "a", "ok", longest]));
        Assert.That(builder.Hidden, Is.EqualTo(9));
        Assert.That(builder.FirstHidden, Is.EqualTo("."u8.ToArray()));
    }

    [Test]
    public void An_entry_carries_what_the_listing_told()
    {
        ObjectVersion version = Pages.Version(7, size: 123, lastModified: 1_650_000_000);
        DirectoryListing listing = Build("", Pages.Of(("a", version)));
        Assert.That(listing.EntryAt(0), Is.EqualTo(DirectoryEntry.File(version, "STANDARD")));
    }

    [Test]
    public void The_seconds_of_a_directory_are_those_of_its_latest_file()
    {
        ListingTrace trace = Build("", Pages.Of(("a", Pages.Version(1, lastModified: 100)), ("b", Pages.Version(1, lastModified: 300)), ("c", Pages.Version(1, lastModified: 200)))).Trace;
        Assert.That(trace.MtimeSeconds, Is.EqualTo(300));
        Assert.That(Build("", Pages.Of("a/", "b/")).Trace.MtimeSeconds, Is.EqualTo(MountSeconds));
        Assert.That(Build("").Trace.MtimeSeconds, Is.EqualTo(MountSeconds));
    }

    [Test]
    public void A_shadowed_file_does_not_move_the_clock_of_its_directory()
    {
        ListPage page = Pages.Of(("a", Pages.Version(1, lastModified: 900)), ("a/", default), ("b", Pages.Version(1, lastModified: 300)));
        Assert.That(Build("", page).Trace.MtimeSeconds, Is.EqualTo(300));
    }

    [Test]
    public void Any_change_of_a_listing_changes_the_time_of_its_directory()
    {
        ListPage[] listings =
        [
            Pages.Of(("a", Pages.Version(1)), ("b", Pages.Version(2))),
            Pages.Of(("a", Pages.Version(2)), ("b", Pages.Version(1))),
            Pages.Of(("a", Pages.Version(1)), ("b", Pages.Version(3))),
            Pages.Of(("a", Pages.Version(1)), ("b", Pages.Version(2, size: 11))),
            Pages.Of(("a", Pages.Version(1, lastModified: 1_600_000_000)), ("b", Pages.Version(2))),
            Pages.Of(("a", Pages.Version(1)), ("c", Pages.Version(2))),
            Pages.Of(("a", Pages.Version(1)), ("b", Pages.Version(2)), ("c/", default)),
            Pages.Of(("a", Pages.Version(1)), ("b", Pages.Version(2)), ("c", default)),
            Pages.Of(("a", Pages.Version(1)), ("b/", default)),
            Pages.Of(("a", Pages.Version(1))),
            Pages.Of(("ab", Pages.Version(1))),
            Pages.Of("a/", "b/"),
            Pages.Of("ab/"),
            Pages.Of(Array.Empty<string>()),
        ];
        var stamps = listings.Select(page => Build("", page).Trace).Select(trace => (trace.MtimeSeconds, trace.MtimeNanoseconds)).ToList();
        Assert.That(stamps, Is.Unique);
        Assert.That(stamps.Select(stamp => stamp.MtimeNanoseconds), Is.Unique.And.All.LessThan(1_000_000_000u));
    }

    [Test]
    public void The_same_listing_gives_the_same_time_whatever_its_pages()
    {
        var builder = new DirectoryListingBuilder(0);
        builder.Add(Pages.Of(("b", Pages.Version(2))));
        builder.Add(Pages.Of(("a", Pages.Version(1)), ("c/", default)));
        ListingTrace paged = Build(builder).Trace;
        ListingTrace whole = Build("", Pages.Of(("a", Pages.Version(1)), ("b", Pages.Version(2)), ("c/", default))).Trace;
        Assert.That((paged.MtimeSeconds, paged.MtimeNanoseconds), Is.EqualTo((whole.MtimeSeconds, whole.MtimeNanoseconds)));
    }

    [Test]
    public void A_doubt_is_cast_on_one_entry_alone()
    {
        DirectoryListing listing = Build("", Pages.Of("a", "b", "c", "d/"));
        listing.Doubt("b"u8, Pages.Version(0));
        listing.Doubt("c"u8, Pages.Version(1));
        listing.Doubt("d"u8, default);
        listing.Doubt("x"u8, Pages.Version(0));
        Assert.That(Enumerable.Range(0, 4).Select(listing.IsDoubtfulAt), Is.EqualTo([false, true, false, false]));
    }

    private static DirectoryListing Build(string prefix, params ListPage[] pages)
    {
        var builder = new DirectoryListingBuilder(prefix.Length);
        foreach (ListPage page in pages)
            builder.Add(page);
        return Build(builder);
    }

    private static DirectoryListing Build(DirectoryListingBuilder builder) => builder.Build(generation: 1, expiresAt: 0, MountSeconds);

    private static string[] Names(DirectoryListing listing) =>
        [.. Enumerable.Range(0, listing.Count).Select(i => Encoding.UTF8.GetString(listing.NameAt(i)))];
}
