using S3Mount.FileSystem.Inodes;

namespace S3Mount.FileSystem.Listing.Walks;

// When one scan is better than a listing for each directory.
internal sealed partial class WalkReadahead
{
    // Fewer are no walk yet. As many are listed ahead until it is known what the directories are like: a scan makes most of what is listed
    // one by one superfluous.
    private const int LeastObserved = 8;
    private const int UndecidedWindow = 8;

    // What is waited for lies a few pages ahead at most; beyond 64 entries a reader is on another way.
    private const int ReachEntries = 4000;
    private const int MostReach = 64;

    // Directories that are being listed are looked at again when the walk goes on.
    private const int MaxUnlisted = 64;

    // Those that were read and not yet counted, guarded by _gate.
    private readonly List<DirectoryInode> _unlisted = [];

    private bool MayBecomeFlat(Parent walked, WalkCursor cursor) =>
        cursor.Observed < LeastObserved && walked.Shape.MayBeSmall && _lister.FlatWalks.CanStart;

    // A directory is read: all above it are told, and of those that have been listed since they were read. Not of its own listing: whether
    // the walk goes on to what is in it is yet to be seen. Under _gate.
    private void Count(DirectoryInode directory, FlatWalk? scan)
    {
        _unlisted.RemoveAll(TryCountListed);
        if (_unlisted.Count == MaxUnlisted)
            _unlisted.RemoveAt(0);
        _unlisted.Add(directory);
        bool isCounted = scan is null && IsNew(directory);
        DirectoryInode child = directory;
        for (DirectoryInode? above = directory.Parent; above is not null; child = above, above = above.Parent)
        {
            if (!_parents.TryGetValue(above, out Parent? walked))
                continue;
            walked.LastMoved = _clock.Now;
            walked.Shape.CountRead(isNested: child != directory);
            if (isCounted && walked.FindKnown(walked.Siblings.Find(child.Name)) is { } cursor)
                cursor.Observed++;
        }
    }

    // Where scans have been, or other walks, or where an earlier mount has left its listings, there is nothing to gain from another.
    private bool IsNew(DirectoryInode directory)
    {
        DirectoryListing? listing = _cache.FindListing(directory);
        bool isScanned = listing is not null && (listing.IsUnchecked || directory.LastListing is { IsScanned: true });
        return ((listing ?? _lister.FindGrowing(directory))?.MarkWalked() ?? true) && !isScanned;
    }

    private bool TryCountListed(DirectoryInode directory)
    {
        if (directory.LastListing is not { } listed)
            return false;
        for (DirectoryInode? above = directory.Parent; above is not null; above = above.Parent)
        {
            if (_parents.TryGetValue(above, out Parent? walked))
                walked.Shape.CountListed(listed);
        }
        return true;
    }

    // Where a scan is to begin, if it is to. Under _gate.
    private FlatPlan? PlanFlat(Parent walked, WalkCursor cursor)
    {
        if (cursor.Observed < LeastObserved || !walked.Shape.IsFlat || !_lister.FlatWalks.CanStart)
            return null;
        int end = Math.Min(walked.Siblings.Count, cursor.Position + MostReach);
        for (int i = cursor.Position; i < end; i++)
        {
            EntryRef entry = walked.Siblings[i];
            if (!entry.IsDirectory || _inodes.GetDirectory(walked.Siblings.Directory, entry.Name) is not { } directory || IsDone(walked, directory))
                continue;
            cursor.Observed = 0;
            return new FlatPlan(directory, (int)Math.Clamp(ReachEntries / Math.Max(1, walked.Shape.EntriesPerChild), 1, MostReach));
        }
        return null;
    }

    // Whether nothing would be learnt from scanning it.
    private bool IsDone(Parent walked, DirectoryInode directory) => _cache.FindListing(directory) is not null
        ? directory.LastListing is { Directories: 0 }
        : _lister.HasSaved(directory) || (walked.Shape.HasLeavesOnly && _lister.FindGrowing(directory) is not null);

    /// <summary>From which subdirectory on to scan, and how many entries ahead one may be to be waited for.</summary>
    private readonly record struct FlatPlan(DirectoryInode First, int Reach);
}
