using S3Mount.FileSystem.Inodes;

namespace S3Mount.FileSystem.Listing.Walks;

/// <summary>A directory that a <see cref="FlatWalk"/> is in. Used by its scan alone.</summary>
internal sealed class FlatWalkLevel(DirectoryInode directory, DirectoryListing? listing, ListingBuilder? builder, int openedAt)
{
    public DirectoryInode Directory { get; } = directory;

    /// <summary>Null: somebody else lists it, or has.</summary>
    public DirectoryListing? Listing { get; private set; } = listing;

    /// <summary>Null with <see cref="Listing"/>.</summary>
    public ListingBuilder? Builder { get; private set; } = builder;

    /// <summary>The page at which the scan came to it.</summary>
    public int OpenedAt { get; } = openedAt;

    /// <summary>Whether a key is of an object directly in it; it is below it.</summary>
    public bool Holds(ReadOnlySpan<byte> key) => key[Directory.Prefix.Length..].IndexOf((byte)'/') < 0;

    /// <summary>The lister lists what is left, as soon as anybody wants it.</summary>
    /// <param name="fromStart">All of it once more: what is there may not be all up to there.</param>
    public void HandOver(DirectoryLister lister, bool fromStart)
    {
        if (Listing is { } listing)
            lister.FillRest(listing, Builder!, fromStart ? null : Builder!.LastKey);
        (Listing, Builder) = (null, null);
    }

    /// <summary>The scan has left it: its listing is whole.</summary>
    public void Complete(DirectoryLister lister)
    {
        if (Listing is { } listing)
            lister.Complete(listing, Builder!, isScanned: true);
        (Listing, Builder) = (null, null);
    }

    public void Fail(DirectoryLister lister, Exception failure)
    {
        if (Listing is { } listing)
            lister.Fail(listing, failure);
        (Listing, Builder) = (null, null);
    }
}
