using S3Mount.FileSystem.Inodes;

namespace S3Mount.FileSystem.Listing.Walks;

/// <summary>
/// Lists the next directories of a walk before anybody asks: who lists the subdirectories of a directory one after another, as
/// os.walk, find and ImageFolder do, will want the next ones too; where they are small, by one scan for many of them. Any thread.
/// </summary>
internal sealed partial class WalkReadahead
{
    // A walk has one parent on each level; eight walks of eight levels.
    private const int MaxParents = 64;

    // Workers that share the subdirectories of one directory, each its own stretch.
    private const int MaxCursors = 8;

    private readonly DirectoryLister _lister;
    private readonly ListingCache _cache;
    private readonly InodeTable _inodes;
    private readonly MountClock _clock;
    private readonly int _most;
    private readonly Lock _gate = new();
    private readonly Dictionary<DirectoryInode, Parent> _parents = []; // guarded by _gate
    private int _under; // guarded by _gate

    /// <param name="keeps">Whether a listing is still there when the walk comes to it: not with a TTL of nothing.</param>
    /// <param name="maxConnections">Of which a quarter is left to those who wait.</param>
    public WalkReadahead(DirectoryLister lister, ListingCache cache, InodeTable inodes, MountClock clock, int maxConnections, bool keeps)
    {
        _lister = lister;
        _cache = cache;
        _inodes = inodes;
        _clock = clock;
        _most = keeps ? Math.Max(1, maxConnections * 3 / 4) : 0;
    }

    /// <summary>Somebody begins to read a directory.</summary>
    public void Observe(DirectoryInode directory)
    {
        FlatWalk? scan = _lister.FlatWalks.Find(directory);
        scan?.Move(directory);
        if (directory.Parent is not { } parent || (_cache.FindListing(parent) ?? _lister.FindGrowing(parent)) is not { } siblings)
            return;
        int position = siblings.Find(directory.Name);
        if (position < 0)
            return;
        var started = new List<DirectoryInode>();
        FlatPlan? plan = null;
        lock (_gate)
        {
            Parent walked = Find(parent, siblings);
            WalkCursor cursor = walked.Find(position);
            cursor.LastMoved = _clock.Now;
            Count(directory, scan);
            if (scan is null && (plan = PlanFlat(walked, cursor)) is null)
                Pump(walked, cursor, started);
        }
        if (plan is { } flat)
            _lister.FlatWalks.Start(_inodes, siblings, flat.First, flat.Reach);
        Start(parent, started);
    }

    private void Start(DirectoryInode parent, List<DirectoryInode> directories)
    {
        foreach (DirectoryInode directory in directories)
            _lister.OpenAhead(directory, () => OnQuiet(parent));
    }

    // A listing ahead has come to its end, or has paused: the next one can begin.
    private void OnQuiet(DirectoryInode parent)
    {
        var started = new List<DirectoryInode>();
        lock (_gate)
        {
            _under--;
            if (_parents.TryGetValue(parent, out Parent? walked))
            {
                foreach (WalkCursor cursor in walked.Cursors)
                    Pump(walked, cursor, started);
            }
        }
        Start(parent, started);
    }

    private void Pump(Parent walked, WalkCursor cursor, List<DirectoryInode> started)
    {
        int window = cursor.Window(MayBecomeFlat(walked, cursor) ? Math.Min(_most, UndecidedWindow) : _most);
        while (_under < _most && cursor.Ahead < window && cursor.Next < walked.Siblings.Count)
        {
            EntryRef entry = walked.Siblings[cursor.Next];
            if (!entry.IsDirectory)
            {
                cursor.Skip();
                continue;
            }
            DirectoryInode directory = _inodes.GetDirectory(walked.Siblings.Directory, entry.Name);
            if (_lister.FlatWalks.Find(directory) is not null)
                return;
            cursor.Enter();
            if (_cache.FindListing(directory) is not null || _lister.HasSaved(directory) || _lister.FindGrowing(directory) is not null)
                continue;
            _under++;
            started.Add(directory);
        }
    }

    private Parent Find(DirectoryInode directory, DirectoryListing siblings)
    {
        // Positions are those of one listing: with the next one, walks begin anew.
        if (_parents.TryGetValue(directory, out Parent? walked) && walked.Siblings == siblings)
            return walked;
        if (walked is null && _parents.Count == MaxParents)
            _parents.Remove(_parents.MinBy(parent => parent.Value.LastMoved).Key);
        return _parents[directory] = new Parent(siblings, walked?.Shape ?? new WalkShape());
    }

    /// <summary>A directory whose subdirectories are being listed.</summary>
    private sealed class Parent(DirectoryListing siblings, WalkShape shape)
    {
        public DirectoryListing Siblings { get; } = siblings;

        /// <summary>Of all that is below it.</summary>
        public WalkShape Shape { get; } = shape;

        public List<WalkCursor> Cursors { get; } = [];

        public long LastMoved { get; set; }

        public WalkCursor Find(int position)
        {
            foreach (WalkCursor known in Cursors)
            {
                if (!known.Leads(position))
                    continue;
                known.Advance(position);
                return known;
            }
            if (Cursors.Count == MaxCursors)
                Cursors.Remove(Cursors.MinBy(cursor => cursor.LastMoved)!);
            var cursor = new WalkCursor(position, IsFirst(position));
            Cursors.Add(cursor);
            return cursor;
        }

        public WalkCursor? FindKnown(int position) => Cursors.Find(cursor => cursor.Leads(position));

        private bool IsFirst(int position)
        {
            for (int i = 0; i < position; i++)
            {
                if (Siblings[i].IsDirectory)
                    return false;
            }
            return true;
        }
    }
}
