using System.Text;
using S3Mount.FileSystem.Inodes;
using S3Mount.FileSystem.Listing;
using S3Mount.ObjectStore;

namespace S3Mount.FileSystem.Tests.Listing;

/// <summary>Complete listings from pages made by hand.</summary>
internal static class Listings
{
    public const long MountSeconds = 1_600_000_000;

    public static DirectoryListing Build(DirectoryInode directory, uint generation, long expiresAt, params ListPage[] pages)
    {
        var listing = new DirectoryListing(directory, generation, expiresAt);
        var builder = new ListingBuilder(listing, previous: null);
        foreach (ListPage page in pages)
            builder.Add(page);
        builder.Complete(MountSeconds);
        return listing;
    }

    public static string[] Names(DirectoryListing listing) => [.. Enumerable.Range(0, listing.Count).Select(i => Encoding.UTF8.GetString(listing.NameAt(i)))];
}
