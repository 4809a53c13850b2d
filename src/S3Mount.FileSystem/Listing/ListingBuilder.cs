using S3Mount.FileSystem.Inodes;
using S3Mount.ObjectStore;

namespace S3Mount.FileSystem.Listing;

/// <summary>
/// Turns the list pages of a directory, whatever their keys, into a <see cref="DirectoryListing"/> that can be read while it
/// grows: a directory before a file of the same name, names that no path can have left out. Entries that were there before keep
/// their place in memory, and their node ids. One thread at a time.
/// <para>
/// The store lists in the order of keys. One that does not is served all the same: what comes after the first key out of order
/// can be had when the listing is complete.
/// </para>
/// </summary>
internal sealed class ListingBuilder
{
    /// <summary>What a page of the store holds (S3 API, ListObjectsV2, MaxKeys).</summary>
    public const int PageKeys = 1000;

    private readonly DirectoryListing _listing;
    private readonly DirectoryInode _directory;
    private readonly DirectoryListing? _previous;
    private readonly int _prefixLength;
    // Files whose directory may still come: each name begins with the one below it.
    private readonly Stack<(ListPage Page, int Object)> _held = new();
    private byte[] _lastKey = [];
    private int _lastKeyLength;
    private bool _isOrdered = true;
    private int _previousAt;
    private int _pages;
    private int _scanned;

    /// <param name="listing">Empty.</param>
    /// <param name="previous">The complete listing before this one, if it is still there.</param>
    public ListingBuilder(DirectoryListing listing, DirectoryListing? previous)
    {
        _listing = listing;
        _directory = listing.Directory;
        _previous = previous;
        _prefixLength = _directory.Prefix.Length;
    }

    /// <summary>Keys left out because no path can name them.</summary>
    public int Hidden { get; private set; }

    /// <summary>The first of them.</summary>
    public byte[]? FirstHidden { get; private set; }

    public void Add(ListPage page)
    {
        _pages++;
        lock (_directory.Gate)
        {
            ReadOnlySpan<ListedObject> objects = page.Objects.Span;
            ReadOnlySpan<ListedPrefix> prefixes = page.CommonPrefixes.Span;
            int o = 0, p = 0;
            while (o < objects.Length || p < prefixes.Length)
            {
                bool isDirectory = o == objects.Length || (p < prefixes.Length && page.KeyOf(prefixes[p]).SequenceCompareTo(page.KeyOf(objects[o])) < 0);
                if (isDirectory)
                    AddDirectory(page.KeyOf(prefixes[p++]));
                else
                    AddFile(page, o++);
            }
        }
        if (_isOrdered)
            _listing.Show();
    }

    /// <summary>Whether all keys came in their order.</summary>
    public bool IsOrdered => _isOrdered;

    /// <summary>The last key that was added, as it is or as a common prefix; null before the first.</summary>
    public ObjectKey? LastKey => _lastKeyLength == 0 ? null : new ObjectKey(_lastKey.AsSpan(0, _lastKeyLength).ToArray());

    /// <summary>Adds objects of this directory out of a page without delimiter. They can be had after <see cref="Show"/>.</summary>
    public void AddFiles(ListPage page, int first, int end)
    {
        _scanned += end - first;
        lock (_directory.Gate)
        {
            for (int i = first; i < end; i++)
                AddFile(page, i);
        }
    }

    /// <summary>Adds a directory that a page without delimiter has come to: what the store would give as a common prefix.</summary>
    public void AddCommonPrefix(ReadOnlySpan<byte> key)
    {
        _scanned++;
        lock (_directory.Gate)
            AddDirectory(key);
    }

    /// <summary>What has been added can be had, but for files whose directory may still come.</summary>
    public void Show()
    {
        if (_isOrdered && _listing.Added > _listing.Count)
            _listing.Show();
    }

    /// <summary>The last page has been added.</summary>
    public void Complete(long mountSeconds)
    {
        int[]? byName = null;
        lock (_directory.Gate)
        {
            while (_held.TryPop(out (ListPage Page, int Object) file))
                Emit(file);
            if (!_isOrdered)
                byName = Sort();
            _directory.EndAppending(keepOpen: _previous is not null);
        }
        _listing.Complete(ListingStamp.Of(_listing, byName, Pages, mountSeconds), byName);
    }

    // Those that were added, and those that would have held what came out of pages without delimiter.
    private int Pages => Math.Max(1, _pages + ((_scanned + PageKeys - 1) / PageKeys));

    private void AddDirectory(ReadOnlySpan<byte> key)
    {
        ReadOnlySpan<byte> name = key[_prefixLength..^1];
        if (!IsShown(key, name) || IsRepeated(key))
            return;
        Release(key[_prefixLength..]);
        Emit(name, null, default);
    }

    private void AddFile(ListPage page, int index)
    {
        ReadOnlySpan<byte> key = page.KeyOf(page.Objects.Span[index]);
        // The marker of the directory itself is never a file.
        if (key.Length == _prefixLength || !IsShown(key, key[_prefixLength..]) || IsRepeated(key))
            return;
        Release(key[_prefixLength..]);
        _held.Push((page, index));
    }

    private bool IsShown(ReadOnlySpan<byte> key, ReadOnlySpan<byte> name)
    {
        if (EntryName.IsShown(name))
            return true;
        Hidden++;
        FirstHidden ??= key.ToArray();
        return false;
    }

    private bool IsRepeated(ReadOnlySpan<byte> key)
    {
        int order = key.SequenceCompareTo(_lastKey.AsSpan(0, _lastKeyLength));
        if (order == 0)
            return true;
        _isOrdered = _isOrdered && order > 0;
        if (key.Length > _lastKey.Length)
            _lastKey = new byte[Math.Min(Math.Max(ObjectKey.MaxLength, key.Length), key.Length + 64)];
        key.CopyTo(_lastKey);
        _lastKeyLength = key.Length;
        return false;
    }

    // Hands out the held files for which no directory can come any more, now that the store has come to a key.
    private void Release(ReadOnlySpan<byte> key)
    {
        while (_held.TryPeek(out (ListPage Page, int Object) file))
        {
            ReadOnlySpan<byte> name = NameOf(file);
            int next = _isOrdered && key.Length > name.Length && key.StartsWith(name) ? key[name.Length] : int.MaxValue;
            if (next < '/')
                return;
            _held.Pop();
            if (next != '/')
                Emit(file);
        }
    }

    private ReadOnlySpan<byte> NameOf((ListPage Page, int Object) file) => file.Page.KeyOf(file.Page.Objects.Span[file.Object])[_prefixLength..];

    private void Emit((ListPage Page, int Object) file)
    {
        ref readonly ListedObject listed = ref file.Page.Objects.Span[file.Object];
        Emit(NameOf(file), listed.Version, StorageClassCodes.Of(listed.StorageClass));
    }

    // A null version is a directory. Under the directory's gate.
    private void Emit(ReadOnlySpan<byte> name, ObjectVersion? version, byte storageClass)
    {
        if (!TryFindPrevious(name, version, storageClass, out EntryRef entry))
            entry = version is { } file ? _directory.AppendFile(name, file, storageClass) : _directory.AppendDirectory(name);
        _listing.Add(entry);
    }

    private bool TryFindPrevious(ReadOnlySpan<byte> name, in ObjectVersion? version, byte storageClass, out EntryRef entry)
    {
        while (_isOrdered && _previous is not null && _previousAt < _previous.Count)
        {
            entry = _previous[_previousAt];
            long time = entry.LastModified;
            int order = EntryOrder.Compare(entry.Name, name);
            if (order > 0)
                break;
            _previousAt++;
            if (order == 0 && (version is { } file ? entry.TryRefresh(file, storageClass) : entry.IsDirectory))
            {
                Renew(entry, time);
                return true;
            }
        }
        entry = default;
        if (version is not { } known || !_directory.TryFindFile(name, out entry) || entry.LastModified is var before && !entry.TryRefresh(known, storageClass))
            return false;
        Renew(entry, before);
        return true;
    }

    private void Renew(EntryRef entry, long timeBefore)
    {
        entry.IsDoubtful = false;
        if (entry.LastModified != timeBefore)
            _listing.Retimed?.Add(entry);
    }

    // Keys came out of order: what cannot be had yet is put into order, and a name that came twice stands for a directory, or for
    // what came first. Returns the order of all positions if they are not in it.
    private int[]? Sort()
    {
        int shown = _listing.Count;
        EntryRef[] entries = [.. Enumerable.Range(0, _listing.Added).Select(i => _listing[i])];
        int[] order = [.. Enumerable.Range(0, entries.Length)];
        Array.Sort(order, (left, right) => ByNameDirectoriesFirst(entries, left, right));
        _listing.TakeBack();
        var positions = new List<int>();
        for (int i = 0; i < order.Length; i++)
        {
            if (i > 0 && entries[order[i - 1]].Name.SequenceEqual(entries[order[i]].Name))
                continue;
            positions.Add(order[i] < shown ? order[i] : _listing.Added);
            if (order[i] >= shown)
                _listing.Add(entries[order[i]]);
        }
        return shown == 0 ? null : [.. positions];
    }

    private static int ByNameDirectoriesFirst(EntryRef[] entries, int left, int right)
    {
        int order = EntryOrder.Compare(entries[left].Name, entries[right].Name);
        if (order == 0)
            order = entries[right].IsDirectory.CompareTo(entries[left].IsDirectory);
        return order != 0 ? order : left - right;
    }
}
