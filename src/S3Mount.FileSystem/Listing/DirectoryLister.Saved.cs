using S3Mount.FileSystem.Inodes;
using S3Mount.FileSystem.SavedListings;

namespace S3Mount.FileSystem.Listing;

// Listings that an earlier mount has left: shown at once, and no request to the store.
internal sealed partial class DirectoryLister
{
    /// <summary>Listings so far that held something else than those before them, or were the first.</summary>
    public long Changes => Interlocked.Read(ref _changes);

    /// <summary>Whether a directory has a saved listing that may be shown: it need not be listed ahead.</summary>
    public bool HasSaved(DirectoryInode directory) => _saved is not null && _saved.Has(directory);

    /// <summary>The saved listing of a directory, or the one that was made of it; null: there is none that may be shown.</summary>
    public DirectoryListing? ShowSaved(DirectoryInode directory) => _saved?.TryShow(directory, saved => CreateSaved(directory, saved));

    /// <summary>What a name stands for as it was saved; null: that is not known.</summary>
    public DirectoryEntry? LookUpSaved(DirectoryInode directory, ReadOnlySpan<byte> name) => _saved?.LookUp(directory, name);

    /// <summary>The store does not let a directory be listed: what was saved of it is not shown any more.</summary>
    /// <returns>Whether it was until now.</returns>
    public bool DenySaved(DirectoryInode directory)
    {
        if (_saved is null || !_saved.Deny(directory))
            return false;
        // It is not to be saved again.
        Interlocked.Increment(ref _changes);
        return true;
    }

    /// <summary>
    /// A listing for the caller to fill and to end, of a directory that is shown as it was saved; null where that is not so any more, or
    /// another listing is under way: it may be newer.
    /// </summary>
    /// <param name="askedAt">Of what it will be made, as a moment of <see cref="MountClock"/>.</param>
    public DirectoryListing? TryBeginCheck(DirectoryInode directory, long askedAt) =>
        TryBegin(directory, MountClock.After(_options.MetadataTtl, askedAt), () => _saved is not null && _saved.IsUnchecked(directory));

    /// <summary>
    /// The listing of a directory that is not in the one above it any more, and holds nothing therefore; null where another listing
    /// may answer or is under way: it may be newer.
    /// </summary>
    /// <param name="expiresAt">As the listing of the one above it.</param>
    public DirectoryListing? TryEmpty(DirectoryInode gone, long expiresAt)
    {
        if (TryBegin(gone, expiresAt, () => _cache.FindListing(gone) is null && !HasSaved(gone)) is not { } listing)
            return null;
        try
        {
            Complete(listing, CreateBuilder(listing), isScanned: true);
            return listing;
        }
        catch (Exception failure)
        {
            Fail(listing, failure);
            throw;
        }
    }

    private DirectoryListing? TryBegin(DirectoryInode directory, long expiresAt, Func<bool> isFree)
    {
        if (!isFree())
            return null;
        DirectoryListing listing = Create(directory);
        listing.ExpireBy(expiresAt);
        if (!_growing.TryAdd(directory, listing))
            return null;
        // One that has come to its end is kept before it leaves those under way: from here on none can have been missed.
        if (isFree())
            return listing;
        // Somebody may have joined it.
        Fill(listing);
        return null;
    }

    private DirectoryListing CreateSaved(DirectoryInode directory, SavedDirectory saved)
    {
        uint generation = (uint)Interlocked.Increment(ref _lastGeneration) & int.MaxValue;
        return new DirectoryListing(directory, generation, MountClock.Forever) { Saved = saved };
    }
}
