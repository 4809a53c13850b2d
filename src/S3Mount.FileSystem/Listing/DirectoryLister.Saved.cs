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

    private DirectoryListing CreateSaved(DirectoryInode directory, SavedDirectory saved)
    {
        uint generation = (uint)Interlocked.Increment(ref _lastGeneration) & int.MaxValue;
        return new DirectoryListing(directory, generation, MountClock.Forever) { Saved = saved };
    }
}
