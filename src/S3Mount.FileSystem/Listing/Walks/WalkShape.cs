namespace S3Mount.FileSystem.Listing.Walks;

/// <summary>What walks have seen below a directory: whether one scan would do for many listings. Guarded by its <see cref="WalkReadahead"/>.</summary>
internal sealed class WalkShape
{
    // A page without delimiter then holds three directories or more. A LIST for each would be as many requests in flight as there are
    // connections, but three times as many altogether.
    private const int SmallEntries = 300;

    private const int LeastListed = 4;

    // What was seen long ago counts for less: the next walk may not descend where this one did.
    private const int MostListed = 512;

    private long _entries;
    private long _subdirectories;
    private int _listed;
    private int _children;
    private int _nested;

    /// <summary>Whether listings seen so far, if any, have been small.</summary>
    public bool MayBeSmall => _entries <= (long)SmallEntries * _listed;

    /// <summary>Whether directories are small, and the walk lists also what lies below them, if there is anything.</summary>
    public bool IsFlat => _listed >= LeastListed && MayBeSmall && _nested * 4L >= _subdirectories * 3;

    /// <summary>Whether no directory below has shown a directory.</summary>
    public bool HasLeavesOnly => _subdirectories == 0;

    /// <summary>Entries below one subdirectory, on the average.</summary>
    public long EntriesPerChild => _entries / Math.Max(1, _children);

    /// <summary>Somebody begins to read a directory below.</summary>
    public void CountRead(bool isNested)
    {
        if (isNested)
            _nested++;
        else
            _children++;
    }

    /// <summary>A directory below that is being read has been listed.</summary>
    public void CountListed(ListingTrace listed)
    {
        _entries += listed.Entries;
        _subdirectories += listed.Directories;
        if (++_listed < MostListed)
            return;
        _entries /= 2;
        _subdirectories /= 2;
        _listed /= 2;
        _children /= 2;
        _nested /= 2;
    }
}
