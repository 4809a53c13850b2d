using S3Mount.FileSystem.Inodes;
using S3Mount.FileSystem.Listing;

namespace S3Mount.FileSystem.SavedListings;

/// <summary>A directory that a <see cref="SavedScan"/> has come to.</summary>
/// <param name="Old">What was shown of it.</param>
/// <param name="Listing">Null: somebody else lists it, or has.</param>
/// <param name="Builder">Null with the listing.</param>
internal sealed record CheckedListing(DirectoryInode Directory, DirectoryListing? Old, DirectoryListing? Listing, ListingBuilder? Builder);
