using S3Mount.FileSystem.Inodes;
using S3Mount.FileSystem.Listing;
using S3Mount.FileSystem.Snapshots;

namespace S3Mount.FileSystem.SavedListings;

/// <summary>
/// Hands all that is known of the tree to a sink: the listings that are in memory, whatever their age, and of the rest what was saved
/// before. Readers go on meanwhile. It holds the directories on the way to the one that it is at. One thread.
/// </summary>
/// <param name="saved">What an earlier mount has left.</param>
internal sealed class SavedTreeWriter(InodeTable inodes, ListingCache cache, SavedTree? saved, IDirectorySink sink)
{
    // Entries between two looks at the token: a few hundred microseconds.
    private const int Stride = 4096;

    private readonly Stack<Level> _levels = new();
    private readonly Stack<DirectoryDraft> _spare = new();
    private SummaryRecord _summary;
    private int _numbers = 1;

    public StringTable Strings { get; } = new();

    /// <returns>How much it was; without a time.</returns>
    /// <exception cref="SnapshotException">A directory is larger than a file can hold.</exception>
    public SummaryRecord Write(CancellationToken cancellationToken)
    {
        Push(inodes.Root, saved?.Root, number: 0, parent: 0, cancellationToken);
        while (_levels.TryPeek(out Level? level))
        {
            cancellationToken.ThrowIfCancellationRequested();
            int next = level.NextDirectory();
            if (next >= 0)
            {
                ReadOnlySpan<byte> name = level.Draft.NameOf(next);
                Push(Find(level.Inode, name), saved?.FindChild(level.Saved, name), (int)level.Draft[next].Size, level.Draft.Number, cancellationToken);
                continue;
            }
            sink.Add(default, level.Draft, Strings);
            _spare.Push(_levels.Pop().Draft);
        }
        _summary.Directories = _numbers - 1;
        return _summary;
    }

    private static DirectoryInode? Find(DirectoryInode? parent, ReadOnlySpan<byte> name)
    {
        if (parent is null)
            return null;
        lock (parent.Gate)
            return parent.FindDirectory(name);
    }

    private void Push(DirectoryInode? inode, SnapshotDirectory? found, int number, int parent, CancellationToken cancellationToken)
    {
        if (!_spare.TryPop(out DirectoryDraft? draft))
            draft = new DirectoryDraft();
        if (inode is not null && cache.FindPrevious(inode) is { } listing)
        {
            draft.Begin(number, parent);
            Add(draft, listing, cancellationToken);
        }
        else if (found is { } directory && saved!.IsRight(directory))
        {
            draft.Begin(number, parent);
            Add(draft, directory, cancellationToken);
        }
        else
        {
            draft.Begin(number, parent, isListed: false);
            AddWays(draft, inode, found);
        }
        draft.Seal();
        _levels.Push(new Level(draft, inode, found));
    }

    private void Add(DirectoryDraft draft, DirectoryListing listing, CancellationToken cancellationToken)
    {
        for (int i = 0; i < listing.Count; i++)
        {
            if (i % Stride == 0)
                cancellationToken.ThrowIfCancellationRequested();
            EntryRef entry = listing[i];
            Add(draft, entry.Name, entry.ToDirectoryEntry());
        }
    }

    private void Add(DirectoryDraft draft, SnapshotDirectory directory, CancellationToken cancellationToken)
    {
        for (int i = 0; i < directory.Count; i++)
        {
            if (i % Stride == 0)
                cancellationToken.ThrowIfCancellationRequested();
            Add(draft, directory[i].Name, PinnedListings.ToDirectoryEntry(directory[i]));
        }
    }

    private void Add(DirectoryDraft draft, ReadOnlySpan<byte> name, in DirectoryEntry entry)
    {
        if (entry.IsDirectory)
        {
            draft.Add(name, EntryRecord.ForDirectory(_numbers++));
            return;
        }
        _summary.Files++;
        _summary.Bytes += entry.Version.Size;
        draft.Add(name, EntryRecord.ForFile(entry.Version, Strings.CodeOf(entry.StorageClass), Strings));
    }

    // Of a directory that has not been listed: what leads to directories of which something is known.
    private void AddWays(DirectoryDraft draft, DirectoryInode? inode, SnapshotDirectory? found)
    {
        for (int i = 0; i < (found?.Count ?? 0); i++)
        {
            if (saved!.FindChild(found, found!.Value[i].Name) is not null)
                Add(draft, found.Value[i].Name, DirectoryEntry.Directory);
        }
        foreach (DirectoryInode known in inode?.KnownDirectories() ?? [])
        {
            bool isAdded = saved?.FindChild(found, known.Name) is not null;
            if (!isAdded && (known.LastListing is not null || known.KnownDirectories().Length > 0))
                Add(draft, known.Name, DirectoryEntry.Directory);
        }
    }

    private sealed class Level(DirectoryDraft draft, DirectoryInode? inode, SnapshotDirectory? saved)
    {
        private int _next;

        public DirectoryDraft Draft => draft;

        public DirectoryInode? Inode => inode;

        public SnapshotDirectory? Saved => saved;

        /// <summary>The position of the next directory that has not been written; negative: there is none.</summary>
        public int NextDirectory()
        {
            while (_next < draft.Count)
            {
                int position = _next++;
                if (draft[position].IsDirectory)
                    return position;
            }
            return -1;
        }
    }
}
