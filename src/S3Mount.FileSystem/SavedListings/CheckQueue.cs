using S3Mount.FileSystem.Inodes;

namespace S3Mount.FileSystem.SavedListings;

/// <summary>
/// What waits for its check: many small directories in the order of keys, for one scan of a stretch of them, and others one by one. Each
/// directory of the saved file has one place at most, and those that a read has hurried another. Guarded by its <see cref="SavedCheck"/>.
/// </summary>
internal sealed class CheckQueue
{
    // Of 300 entries or less a page without delimiter holds three directories or more (as for walks, WalkShape).
    private const int SmallEntries = 300;

    // Fewer are a few requests either way, and may lie far apart.
    private const int LeastScanned = 8;

    // Sixteen pages: a stretch costs about one request more than it has pages, for what begins in it and goes on beyond its end, and who
    // takes one has it for a second or two.
    private const int StretchEntries = 16_000;

    private readonly SortedSet<CheckItem> _small = [];
    private readonly Queue<DirectoryInode> _alone = new();
    private readonly Queue<DirectoryInode> _urgent = new();
    private bool _isAloneNext;

    /// <summary>False: each directory is listed by itself.</summary>
    public bool MayScan { get; set; } = true;

    public bool HasUrgent => _urgent.Count > 0;

    /// <summary>Whether there is anything but what is urgent.</summary>
    public bool HasPatient => _small.Count + _alone.Count > 0;

    public void Add(CheckItem item)
    {
        if (item.Entries <= SmallEntries && MayScan)
            _small.Add(item);
        else
            _alone.Enqueue(item.Directory);
    }

    /// <summary>To be listed by itself.</summary>
    public void AddAlone(DirectoryInode directory) => _alone.Enqueue(directory);

    public void AddUrgent(DirectoryInode directory)
    {
        if (!_urgent.Contains(directory))
            _urgent.Enqueue(directory);
    }

    /// <summary>What is next; there is something. One is to be listed by itself, several by a scan.</summary>
    public IReadOnlyList<CheckItem> Take()
    {
        if (_urgent.TryDequeue(out DirectoryInode? urgent))
            return [new CheckItem(urgent, 0)];
        // In turns: neither has to wait for the end of the other.
        bool isAlone = _alone.Count > 0 && (_isAloneNext || _small.Count == 0);
        _isAloneNext = !isAlone;
        if (isAlone)
            return [new CheckItem(_alone.Dequeue(), 0)];
        List<CheckItem> taken = MayScan && _small.Count >= LeastScanned ? Stretch() : [_small.Min];
        foreach (CheckItem item in taken)
            _small.Remove(item);
        return taken;
    }

    private List<CheckItem> Stretch()
    {
        var stretch = new List<CheckItem>();
        int entries = 0;
        foreach (CheckItem item in _small)
        {
            stretch.Add(item);
            // Also what is empty is a key, as a rule.
            entries += Math.Max(1, item.Entries);
            if (entries >= StretchEntries)
                break;
        }
        return stretch;
    }
}
