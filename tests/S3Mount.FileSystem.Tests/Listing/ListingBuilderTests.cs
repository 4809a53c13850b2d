using System.Text;
using S3Mount.FileSystem.Inodes;
using S3Mount.FileSystem.Listing;
using S3Mount.ObjectStore;

namespace S3Mount.FileSystem.Tests.Listing;

public sealed class ListingBuilderTests
{
    [Test]
    public void Names_are_ordered_as_the_store_orders_the_tree()
    {
        DirectoryListing listing = Build("", Pages.Of("Z/", "a-", "a.b", "a/", "a0", "b", "é", "\uFFFD", "\U0001F600"));
        Assert.That(Listings.Names(listing), Is.EqualTo(["Z", "a-", "a.b", "a", "a0", "b", "é", "\uFFFD", "\U0001F600"]));
        Assert.That(Directories(listing), Is.EqualTo(["Z", "a"]));
    }

    [Test]
    public void Keys_in_any_order_give_the_same_listing()
    {
        DirectoryListing listing = Build("", Pages.Of("é", "a0", "Z/", "b", "a", "a-"), Pages.Of("\U0001F600", "a.b", "a/", "\uFFFD"));
        Assert.That(Listings.Names(listing).Order(StringComparer.Ordinal), Is.EqualTo(new[] { "Z", "a-", "a.b", "a", "a0", "b", "é", "\uFFFD", "\U0001F600" }.Order(StringComparer.Ordinal)));
        foreach (string name in Listings.Names(listing))
            Assert.That(Encoding.UTF8.GetString(listing.NameAt(listing.Find(Encoding.UTF8.GetBytes(name)))), Is.EqualTo(name));
        Assert.That(Directories(listing), Is.EqualTo(["Z", "a"]));
    }

    [Test]
    public void What_has_been_handed_out_stays_in_its_place_when_keys_come_out_of_order()
    {
        (DirectoryListing listing, ListingBuilder builder) = Begin("");
        builder.Add(Pages.Of("b", "d", "f", "g"));
        string[] shown = Listings.Names(listing);
        builder.Add(Pages.Of("e", "a", "h", "c"));
        Assert.That(Listings.Names(listing), Is.EqualTo(shown), "what is out of order waits");
        Assert.That(shown, Is.EqualTo(["b", "d", "f"]));
        builder.Complete(Listings.MountSeconds);
        Assert.That(Listings.Names(listing), Is.EqualTo(["b", "d", "f", "a", "c", "e", "g", "h"]));
        foreach (string name in Listings.Names(listing))
            Assert.That(Encoding.UTF8.GetString(listing.NameAt(listing.Find(Encoding.UTF8.GetBytes(name)))), Is.EqualTo(name));
        Assert.That(listing.Find("bb"u8), Is.Negative);
    }

    [Test]
    public void Every_name_is_found_and_no_other()
    {
        string[] names = [.. Enumerable.Range(0, 1000).Select(i => $"f{i * 2:d5}")];
        DirectoryListing listing = Build("d/", Pages.Of([.. names.Select(name => "d/" + name)]));
        for (int i = 0; i < 1000; i++)
        {
            int found = listing.Find(Encoding.UTF8.GetBytes($"f{i * 2:d5}"));
            Assert.That(Encoding.UTF8.GetString(listing.NameAt(found)), Is.EqualTo($"f{i * 2:d5}"));
            Assert.That(listing.Find(Encoding.UTF8.GetBytes($"f{(i * 2) + 1:d5}")), Is.Negative);
        }
        Assert.That(listing.Find(""u8), Is.Negative);
    }

    [Test]
    public void A_directory_wins_over_a_file_of_its_name_also_across_pages()
    {
        DirectoryListing listing = Build("", Pages.Of("a", "a-"), Pages.Of("a.", "a/"), Pages.Of("b", "b-/", "b/", "c"));
        Assert.That(Listings.Names(listing), Is.EqualTo(["a-", "a.", "a", "b-", "b", "c"]));
        Assert.That(Directories(listing), Is.EqualTo(["a", "b-", "b"]));
        Assert.That(listing.Trace.Pages, Is.EqualTo(3));
    }

    [Test]
    public void A_file_waits_while_a_directory_of_its_name_may_come_and_the_others_do_not()
    {
        (DirectoryListing listing, ListingBuilder builder) = Begin("");
        builder.Add(Pages.Of("Z", "a", "a-1", "a-2"));
        Assert.That(Listings.Names(listing), Is.EqualTo(["Z", "a-1"]));
        builder.Add(Pages.Of("a-3/", "a-4"));
        Assert.That(Listings.Names(listing), Is.EqualTo(["Z", "a-1", "a-2", "a-3"]));
        builder.Add(Pages.Of("a0"));
        Assert.That(Listings.Names(listing), Is.EqualTo(["Z", "a-1", "a-2", "a-3", "a-4", "a"]));
        builder.Complete(Listings.MountSeconds);
        Assert.That(Listings.Names(listing), Is.EqualTo(["Z", "a-1", "a-2", "a-3", "a-4", "a", "a0"]));
    }

    [Test]
    public void A_name_that_two_pages_tell_is_shown_once()
    {
        DirectoryListing listing = Build("", Pages.Of("a", "b", "d/"), Pages.Of("d/", "e"));
        Assert.That(Listings.Names(listing), Is.EqualTo(["a", "b", "d", "e"]));
        DirectoryListing overlapping = Build("", Pages.Of("a", "b", "d/"), Pages.Of("b", "c", "d/"));
        Assert.That(Listings.Names(overlapping), Is.EquivalentTo(["a", "b", "c", "d"]));
    }

    [Test]
    public void The_marker_of_the_directory_itself_is_never_a_file()
    {
        (DirectoryListing listing, ListingBuilder builder) = Begin("d/");
        builder.Add(Pages.WithMarker("d/", "d/a"));
        builder.Complete(Listings.MountSeconds);
        Assert.That((Listings.Names(listing), builder.Hidden), Is.EqualTo((new[] { "a" }, 0)));
    }

    [Test]
    public void Keys_that_no_path_can_name_are_left_out_and_counted()
    {
        string longest = new('x', 255);
        (DirectoryListing listing, ListingBuilder builder) = Begin("");
        builder.Add(Pages.Of("/", ".", "..", "./", "../", "a\0b", longest, longest + "y", "...", " ", "a"));
        builder.Add(Pages.OfBytes([0xff, 0xfe], [(byte)'o', 0xc3], "ok"u8.ToArray()));
        builder.Complete(Listings.MountSeconds);
        Assert.That(Listings.Names(listing), Is.EquivalentTo([" ", "...", "a", "ok", longest]));
        Assert.That(builder.Hidden, Is.EqualTo(9));
        Assert.That(builder.FirstHidden, Is.EqualTo("."u8.ToArray()));
    }

    [Test]
    public void An_entry_carries_what_the_listing_told()
    {
        ObjectVersion version = Pages.Version(7, size: 123, lastModified: 1_650_000_000);
        ObjectVersion multipart = version with { ETag = ETag.Parse("0123456789abcdef0123456789abcdef-9999") };
        ObjectVersion other = version with { ETag = ETag.Parse("CKih16GjycICEAE=") };
        ObjectVersion parts = version with { ETag = ETag.Parse("0123456789abcdef0123456789abcdef-99999") };
        DirectoryListing listing = Build("", Pages.Of(("a", version), ("b", multipart), ("c", other), ("d", parts), ("e", version with { ETag = default })));
        Assert.That(listing[0].ToDirectoryEntry(), Is.EqualTo(DirectoryEntry.File(version, "STANDARD")));
        Assert.That(listing[1].Version, Is.EqualTo(multipart));
        Assert.That(listing[2].Version, Is.EqualTo(other));
        Assert.That(listing[3].Version, Is.EqualTo(parts));
        Assert.That(listing[4].Version.IsPinned, Is.False);
    }

    [Test]
    public void What_has_not_changed_keeps_its_entry_and_what_has_gets_another()
    {
        var directory = DirectoryInode.MountRoot([]);
        DirectoryListing before = Listings.Build(directory, 1, 0, Pages.Of(("a", Pages.Version(1)), ("b", Pages.Version(2)), ("c/", default), ("d", Pages.Version(4))));
        var after = new DirectoryListing(directory, 2, 0);
        var builder = new ListingBuilder(after, before);
        builder.Add(Pages.Of(("a", Pages.Version(1, lastModified: 1_800_000_000)), ("aa", Pages.Version(9)), ("b", Pages.Version(3)), ("c/", default), ("d/", default)));
        builder.Complete(Listings.MountSeconds);
        Assert.That(Listings.Names(after), Is.EqualTo(["a", "aa", "b", "c", "d"]));
        Assert.That((after[0], after[3]), Is.EqualTo((before[0], before[2])));
        Assert.That(after[2], Is.Not.EqualTo(before[1]));
        Assert.That((before[1].Version, before[3].IsDirectory), Is.EqualTo((Pages.Version(2), false)), "the old listing is as it was");
        Assert.That(after[0].Version.LastModified, Is.EqualTo(1_800_000_000));
    }

    [Test]
    public void A_file_that_the_kernel_knows_keeps_its_node_id_without_the_listing_before()
    {
        var table = new InodeTable([], _ => { });
        FileInode known = table.LookUp(table.Root, "m"u8, Pages.Version(1), "STANDARD");
        DirectoryListing listing = Listings.Build(table.Root, 1, 0, Pages.Of(("a", Pages.Version(5)), ("m", Pages.Version(1)), ("z", Pages.Version(6))));
        Assert.That(listing[1], Is.EqualTo(known.Entry));
        Assert.That(table.LookUp(table.Root, listing[1]).Id, Is.EqualTo(known.Id));
    }

    [Test]
    public void A_thousand_entries_take_little_more_than_48_bytes_and_their_names()
    {
        DirectoryListing listing = Build("", Pages.Of([.. Enumerable.Range(0, 1000).Select(i => $"n01440764_{i:d5}.JPEG")]));
        Assert.That(listing.SizeInBytes, Is.LessThan(1000 * (48 + 20 + 4)));
    }

    [Test]
    public void The_seconds_of_a_directory_are_those_of_its_latest_file()
    {
        ListingTrace trace = Build("", Pages.Of(("a", Pages.Version(1, lastModified: 100)), ("b", Pages.Version(1, lastModified: 300)), ("c", Pages.Version(1, lastModified: 200)))).Trace;
        Assert.That(trace.MtimeSeconds, Is.EqualTo(300));
        Assert.That(Build("", Pages.Of("a/", "b/")).Trace.MtimeSeconds, Is.EqualTo(Listings.MountSeconds));
        Assert.That(Build("").Trace.MtimeSeconds, Is.EqualTo(Listings.MountSeconds));
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
        ListPage[] pages = [Pages.Of(("b", Pages.Version(2))), Pages.Of(("a", Pages.Version(1)), ("c/", default))];
        ListingTrace paged = Build("", pages).Trace;
        ListingTrace whole = Build("", Pages.Of(("a", Pages.Version(1)), ("b", Pages.Version(2)), ("c/", default))).Trace;
        Assert.That((paged.MtimeSeconds, paged.MtimeNanoseconds), Is.EqualTo((whole.MtimeSeconds, whole.MtimeNanoseconds)));
    }

    [Test]
    public void A_doubt_is_cast_on_one_entry_alone_and_goes_when_the_store_shows_it_again()
    {
        DirectoryListing listing = Build("", Pages.Of("a", "b", "c", "d/"));
        listing.Doubt("b"u8, Pages.Version(0));
        listing.Doubt("c"u8, Pages.Version(1));
        listing.Doubt("d"u8, default);
        listing.Doubt("x"u8, Pages.Version(0));
        Assert.That(Enumerable.Range(0, 4).Select(i => listing[i].IsDoubtful), Is.EqualTo([false, true, false, false]));
        var again = new DirectoryListing(listing.Directory, 2, 0);
        new ListingBuilder(again, listing).Add(Pages.Of("a", "b", "c"));
        Assert.That(again[1].IsDoubtful, Is.False);
    }

    private static (DirectoryListing Listing, ListingBuilder Builder) Begin(string prefix)
    {
        var listing = new DirectoryListing(DirectoryInode.MountRoot(Encoding.UTF8.GetBytes(prefix)), 1, 0);
        return (listing, new ListingBuilder(listing, previous: null));
    }

    private static DirectoryListing Build(string prefix, params ListPage[] pages) =>
        Listings.Build(DirectoryInode.MountRoot(Encoding.UTF8.GetBytes(prefix)), 1, 0, pages);

    private static string[] Directories(DirectoryListing listing) =>
        [.. Enumerable.Range(0, listing.Count).Where(i => listing[i].IsDirectory).Select(i => Encoding.UTF8.GetString(listing.NameAt(i)))];
}
