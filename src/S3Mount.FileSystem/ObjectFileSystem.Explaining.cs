using System.Text;
using S3Mount.FileSystem.Caching.Disk;
using S3Mount.FileSystem.Explaining;
using S3Mount.FileSystem.Inodes;
using S3Mount.FileSystem.Listing;
using S3Mount.FileSystem.Reading;
using S3Mount.ObjectStore;

namespace S3Mount.FileSystem;

public sealed partial class ObjectFileSystem
{
    /// <summary>What is known of a path, and where its bytes are. Asks the store only for names that are not known now; reads no object.</summary>
    /// <param name="path">Below the root of the mount, without slashes at its ends; empty: the root.</param>
    /// <returns>Null: there is no such path in the store.</returns>
    /// <exception cref="ObjectStoreException">The store did not say.</exception>
    /// <remarks>Any thread but those that answer requests.</remarks>
    public async Task<FileExplanation?> ExplainAsync(string path, CancellationToken cancellationToken)
    {
        string[] names = path.Split('/', StringSplitOptions.RemoveEmptyEntries);
        DirectoryInode directory = _inodes.Root;
        (KnownBy By, double? HoldsFor) known = (KnownBy.Listing, null);
        for (int i = 0; i < names.Length; i++)
        {
            byte[] name = Encoding.UTF8.GetBytes(names[i]);
            if (!EntryName.IsShown(name) || directory.Prefix.Length + name.Length > ObjectKey.MaxLength)
                return null;
            known = KnowledgeOf(directory, name);
            if (await FindEntryAsync(directory, name, cancellationToken).ConfigureAwait(false) is not { } entry)
                return null;
            if (!entry.IsDirectory)
                return i == names.Length - 1 ? Explain(directory, name, entry, known.By, known.HoldsFor) : null;
            directory = _inodes.GetDirectory(directory, name);
        }
        return new FileExplanation
        {
            IsDirectory = true,
            Key = Encoding.UTF8.GetString(directory.Prefix),
            KnownBy = known.By,
            HoldsForSeconds = known.HoldsFor,
            IsKnownToKernel = directory.HasChildren(),
            Entries = _listings.FindListing(directory)?.Count,
        };
    }

    private (KnownBy By, double? HoldsFor) KnowledgeOf(DirectoryInode directory, byte[] name)
    {
        if (_listings.FindListing(directory) is { } listing)
            return (KnownBy.Listing, SecondsUntil(ExpiryOf(listing)));
        return _listings.FindAttribute(directory, name) is { } answer ? (KnownBy.Lookup, SecondsUntil(answer.ExpiresAt)) : (KnownBy.Store, SecondsUntil(_clock.After(_options.MetadataTtl)));
    }

    private double? SecondsUntil(long moment) => moment == MountClock.Forever ? null : _clock.Until(moment).TotalSeconds;

    private FileExplanation Explain(DirectoryInode directory, byte[] name, in DirectoryEntry entry, KnownBy by, double? holdsFor)
    {
        ObjectVersion version = entry.Version;
        var key = new ObjectKey(directory.KeyOf(name));
        ObjectReader? reader = null;
        bool isKnown;
        lock (directory.Gate)
        {
            isKnown = directory.TryFindFile(name, out EntryRef file) && file.Version.IsSameAs(version);
            if (isKnown)
                reader = _readers.Find(directory.IdOf(file));
        }
        (IReadOnlyList<ByteRange> inMemory, IReadOnlyList<ByteRange> arriving) = reader?.Ranges() ?? ([], []);
        return new FileExplanation
        {
            IsDirectory = false,
            Key = Encoding.UTF8.GetString(key.Span),
            ETag = version.ETag.IsAbsent ? null : version.ETag.ToString(),
            Size = version.Size,
            LastModified = DateTimeOffset.FromUnixTimeSeconds(version.LastModified),
            StorageClass = entry.StorageClass,
            KnownBy = by,
            HoldsForSeconds = holdsFor,
            IsKnownToKernel = isKnown,
            InMemory = inMemory,
            Arriving = arriving,
            OnDisk = _options.DiskCache is not { } disk ? null : version.ETag.IsAbsent ? [] : disk.Ranges(CacheKey.Of(_options.DiskCacheStore, key, version), version.Size),
        };
    }
}
