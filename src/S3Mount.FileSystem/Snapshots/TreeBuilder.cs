using S3Mount.FileSystem.Listing;
using S3Mount.ObjectStore;

namespace S3Mount.FileSystem.Snapshots;

/// <summary>
/// Turns all keys under a prefix, in the order of their bytes, into directories. It holds the directories on the way to the
/// latest key; what is complete goes to the sink. One thread.
/// </summary>
internal sealed class TreeBuilder : IDisposable
{
    private readonly IDirectorySink _sink;
    private readonly SnapshotDigest _digest = new();
    private readonly Stack<(DirectoryDraft Draft, int PathLength)> _open = new();
    private readonly Stack<DirectoryDraft> _spare = new();
    // Where the innermost open directory is, with a slash at its end.
    private readonly byte[] _path = new byte[ObjectKey.MaxLength];
    private readonly byte[] _last = new byte[ObjectKey.MaxLength];
    private int _lastLength = -1;
    private int _pathLength;
    private int _directories;

    public TreeBuilder(IDirectorySink sink)
    {
        _sink = sink;
        Open(default);
    }

    public StringTable Strings { get; } = new();

    /// <summary>Different keys so far, whatever became of them.</summary>
    public long Keys { get; private set; }

    public long Files { get; private set; }

    /// <summary>The one of the prefix itself is not counted.</summary>
    public long Directories => _directories - 1;

    public long Bytes { get; private set; }

    /// <summary>Keys that no path can name.</summary>
    public long Hidden { get; private set; }

    /// <summary>Files that a directory of the same name hides.</summary>
    public long Shadowed { get; private set; }

    /// <param name="key">Without the prefix. A repetition of the one before is left out.</param>
    /// <exception cref="SnapshotException">The key comes out of order, or a snapshot cannot hold it.</exception>
    public void Add(ReadOnlySpan<byte> key, in ObjectVersion version, string storageClass)
    {
        if (!IsNext(key))
            return;
        Keys++;
        _digest.Add(key, version);
        int common = key.CommonPrefixLength(_path.AsSpan(0, _pathLength));
        while (_pathLength > common)
            Close();
        ReadOnlySpan<byte> name = key[_pathLength..];
        for (int slash = name.IndexOf((byte)'/'); slash >= 0; slash = name.IndexOf((byte)'/'))
        {
            if (!EntryName.IsShown(name[..slash]))
            {
                Hidden++;
                return;
            }
            Open(name[..slash]);
            name = name[(slash + 1)..];
        }
        // What ends in a slash is the marker of a directory, never a file.
        if (name.IsEmpty)
            return;
        if (EntryName.IsShown(name))
            _open.Peek().Draft.Add(name, EntryRecord.ForFile(version, Strings.CodeOf(storageClass), Strings));
        else
            Hidden++;
    }

    /// <summary>The last key has been added: all directories are complete.</summary>
    /// <returns>The digest, <see cref="SnapshotDigest.Length"/> bytes.</returns>
    public byte[] Complete()
    {
        while (_open.Count > 0)
            Close();
        return _digest.Complete();
    }

    public void Dispose() => _digest.Dispose();

    private bool IsNext(ReadOnlySpan<byte> key)
    {
        if (key.Length > ObjectKey.MaxLength)
            throw new SnapshotException(SnapshotFailure.Unlistable, $"the store lists a key of {key.Length} bytes; keys have at most {ObjectKey.MaxLength}");
        int order = _lastLength < 0 ? 1 : key.SequenceCompareTo(_last.AsSpan(0, _lastLength));
        if (order < 0)
        {
            throw new SnapshotException(
                SnapshotFailure.Unlistable,
                $"the store lists '{Text(key)}' behind '{Text(_last.AsSpan(0, _lastLength))}': of a listing out of order no snapshot can be made");
        }
        key.CopyTo(_last);
        _lastLength = key.Length;
        return order > 0;
    }

    private static ObjectKey Text(ReadOnlySpan<byte> key) => new(key.ToArray());

    private void Open(ReadOnlySpan<byte> name)
    {
        int parent = 0;
        if (_open.TryPeek(out (DirectoryDraft Draft, int PathLength) outer))
        {
            outer.Draft.Add(name, EntryRecord.ForDirectory(_directories));
            parent = outer.Draft.Number;
            name.CopyTo(_path.AsSpan(_pathLength));
            _pathLength += name.Length;
            _path[_pathLength++] = (byte)'/';
        }
        if (!_spare.TryPop(out DirectoryDraft? draft))
            draft = new DirectoryDraft();
        draft.Begin(_directories++, parent);
        _open.Push((draft, _pathLength));
    }

    private void Close()
    {
        DirectoryDraft draft = _open.Pop().Draft;
        draft.Seal();
        Shadowed += draft.Shadowed;
        for (int i = 0; i < draft.Count; i++)
        {
            ref readonly EntryRecord entry = ref draft[i];
            if (entry.IsDirectory)
                continue;
            Files++;
            Bytes += entry.Size;
        }
        _sink.Add(_path.AsSpan(0, _pathLength), draft, Strings);
        _pathLength = _open.TryPeek(out (DirectoryDraft Draft, int PathLength) outer) ? outer.PathLength : 0;
        _spare.Push(draft);
    }
}
