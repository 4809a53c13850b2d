using S3Mount.FileSystem.Listing;
using S3Mount.ObjectStore;

namespace S3Mount.FileSystem.Snapshots;

/// <summary>Compares the directories of a listing with those of a snapshot, as they come. One thread.</summary>
internal sealed class SnapshotComparer(SnapshotFile snapshot, int mostNamed) : IDirectorySink
{
    private readonly long[] _counts = new long[3];
    private readonly List<SnapshotDifference> _first = [];

    public IReadOnlyList<SnapshotDifference> First => _first;

    public long Count(SnapshotDifferenceKind kind) => _counts[(int)kind];

    public void Add(ReadOnlySpan<byte> path, DirectoryDraft directory, StringTable strings)
    {
        if (!snapshot.TryFindDirectory(path, out SnapshotDirectory known))
        {
            AddNew(path, directory);
            return;
        }
        int now = 0, then = 0;
        while (now < directory.Count || then < known.Count)
        {
            int order = now == directory.Count ? 1 : then == known.Count ? -1 : EntryOrder.Compare(directory.NameOf(now), known[then].Name);
            if (order == 0)
                Compare(path, known[then], directory[now], strings);
            else if (order > 0)
                Remove(path, known[then]);
            else if (!directory[now].IsDirectory)
                Report(SnapshotDifferenceKind.Added, path, directory.NameOf(now));
            now += order <= 0 ? 1 : 0;
            then += order >= 0 ? 1 : 0;
        }
    }

    // Directories that are new come here themselves: only what they have is reported, or that they are empty.
    private void AddNew(ReadOnlySpan<byte> path, DirectoryDraft directory)
    {
        for (int i = 0; i < directory.Count; i++)
        {
            if (!directory[i].IsDirectory)
                Report(SnapshotDifferenceKind.Added, path, directory.NameOf(i));
        }
        if (directory.Count == 0)
            Report(SnapshotDifferenceKind.Added, path, default);
    }

    private void Compare(ReadOnlySpan<byte> path, SnapshotEntry known, in EntryRecord entry, StringTable strings)
    {
        if (known.IsDirectory && entry.IsDirectory)
            return;
        if (known.IsDirectory || entry.IsDirectory)
        {
            Remove(path, known);
            if (!entry.IsDirectory)
                Report(SnapshotDifferenceKind.Added, path, known.Name);
        }
        else if (!entry.Version(strings.Bytes).IsSameAs(known.Version))
        {
            Report(SnapshotDifferenceKind.Changed, path, known.Name);
        }
    }

    private void Remove(ReadOnlySpan<byte> path, SnapshotEntry known)
    {
        if (!known.IsDirectory)
            Report(SnapshotDifferenceKind.Removed, path, known.Name);
        else
            Remove(known.Directory);
    }

    private void Remove(SnapshotDirectory directory)
    {
        byte[] path = directory.ToPath();
        if (directory.Count == 0)
            Report(SnapshotDifferenceKind.Removed, path, default);
        for (int i = 0; i < directory.Count; i++)
            Remove(path, directory[i]);
    }

    private void Report(SnapshotDifferenceKind kind, ReadOnlySpan<byte> path, ReadOnlySpan<byte> name)
    {
        _counts[(int)kind]++;
        if (_first.Count < mostNamed)
            _first.Add(new SnapshotDifference(kind, new ObjectKey((byte[])[.. path, .. name])));
    }
}
