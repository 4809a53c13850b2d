using S3Mount.FileSystem.Inodes;
using S3Mount.ObjectStore;

namespace S3Mount.FileSystem.Listing;

/// <summary>
/// Turns the list pages of a directory, in whatever order and with whatever keys, into a <see cref="DirectoryListing"/>: names
/// sorted by bytes, a directory before a file of the same name, names that no path can have left out. One thread at a time.
/// </summary>
internal sealed class DirectoryListingBuilder
{
    private readonly int _prefixLength;
    private readonly List<DirectoryListing.Entry> _entries = [];
    private byte[] _names = new byte[256];
    private int _namesLength;
    private int _pages;
    private bool _any;
    private bool _ordered = true;

    public DirectoryListingBuilder(int prefixLength) => _prefixLength = prefixLength;

    /// <summary>Keys left out because no path can name them.</summary>
    public int Hidden { get; private set; }

    /// <summary>The first of them.</summary>
    public byte[]? FirstHidden { get; private set; }

    /// <summary>Whether there was any key under the prefix, its marker included: the directory exists.</summary>
    public bool Any => _any;

    public void Add(ListPage page)
    {
        _pages++;
        foreach (ref readonly ListedObject listed in page.Objects.Span)
        {
            _any = true;
            ReadOnlySpan<byte> key = page.KeyOf(listed);
            // The marker of the directory itself is never a file.
            if (key.Length > _prefixLength)
                Add(key, key[_prefixLength..], isDirectory: false, listed.Version, listed.StorageClass);
        }
        foreach (ref readonly ListedPrefix listed in page.CommonPrefixes.Span)
        {
            _any = true;
            ReadOnlySpan<byte> key = page.KeyOf(listed);
            Add(key, key[_prefixLength..^1], isDirectory: true, default, "");
        }
    }

    public DirectoryListing Build(uint generation, long expiresAt, long mountSeconds)
    {
        if (!_ordered)
            _entries.Sort(ByNameDirectoriesFirst);
        DirectoryListing.Entry[] unique = WithoutShadowed();
        (long seconds, uint nanoseconds) = Stamp(unique, mountSeconds);
        return new DirectoryListing(_names.AsSpan(0, _namesLength).ToArray(), unique, generation, new ListingTrace(_pages, expiresAt, seconds, nanoseconds));
    }

    private void Add(ReadOnlySpan<byte> key, ReadOnlySpan<byte> name, bool isDirectory, in ObjectVersion version, string storageClass)
    {
        if (!EntryName.IsShown(name))
        {
            Hidden++;
            FirstHidden ??= key.ToArray();
            return;
        }
        if (_names.Length - _namesLength < name.Length)
            Array.Resize(ref _names, Math.Max(_names.Length * 2, _namesLength + name.Length));
        name.CopyTo(_names.AsSpan(_namesLength));
        _ordered = _ordered && (_entries.Count == 0 || NameOf(_entries[^1]).SequenceCompareTo(name) < 0);
        _entries.Add(new DirectoryListing.Entry
        {
            NameOffset = _namesLength,
            NameLength = (short)name.Length,
            IsDirectory = isDirectory,
            Version = version,
            StorageClass = storageClass,
        });
        _namesLength += name.Length;
    }

    private ReadOnlySpan<byte> NameOf(in DirectoryListing.Entry entry) => _names.AsSpan(entry.NameOffset, entry.NameLength);

    private int ByNameDirectoriesFirst(DirectoryListing.Entry left, DirectoryListing.Entry right)
    {
        int order = NameOf(left).SequenceCompareTo(NameOf(right));
        return order != 0 ? order : right.IsDirectory.CompareTo(left.IsDirectory);
    }

    private DirectoryListing.Entry[] WithoutShadowed()
    {
        var unique = new List<DirectoryListing.Entry>(_entries.Count);
        foreach (DirectoryListing.Entry entry in _entries)
        {
            if (unique.Count == 0 || !NameOf(unique[^1]).SequenceEqual(NameOf(entry)))
                unique.Add(entry);
        }
        return [.. unique];
    }

    /// <summary>
    /// The directory's mtime: the latest LastModified (when the mount began, if it has no files), and a digest over names, sizes and
    /// versions as nanoseconds, so that any change of the listing changes it.
    /// </summary>
    private (long Seconds, uint Nanoseconds) Stamp(DirectoryListing.Entry[] entries, long mountSeconds)
    {
        long latest = long.MinValue;
        ulong digest = PathHash.Root;
        foreach (ref readonly DirectoryListing.Entry entry in entries.AsSpan())
        {
            digest = PathHash.Append(digest, NameOf(entry));
            if (entry.IsDirectory)
                continue;
            latest = Math.Max(latest, entry.Version.LastModified);
            digest = PathHash.Mix(digest ^ (ulong)entry.Version.Size ^ entry.Version.ETag.Digest ^ ((ulong)entry.Version.LastModified << 32));
        }
        // The kernel cuts nanoseconds at 999,999,999 (fuse_change_attributes_common, fs/fuse/inode.c, v6.18).
        return (latest == long.MinValue ? mountSeconds : latest, (uint)(PathHash.Mix(digest) % 1_000_000_000));
    }
}
