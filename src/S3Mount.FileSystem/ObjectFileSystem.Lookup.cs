using Mono.Unix.Native;
using S3Mount.FileSystem.Inodes;
using S3Mount.FileSystem.Listing;
using S3Mount.Fuse;
using S3Mount.Fuse.Protocol;
using S3Mount.Fuse.Session;
using S3Mount.ObjectStore;

namespace S3Mount.FileSystem;

public sealed partial class ObjectFileSystem
{
    public ValueTask LookupAsync(FuseRequest request, NodeId parent, ReadOnlySpan<byte> name)
    {
        if (!TryFindDirectory(request, parent, out DirectoryInode directory))
            return default;
        if (name.Length > EntryName.MaxLength)
        {
            request.ReplyError(Errno.ENAMETOOLONG);
            return default;
        }
        if (!EntryName.IsShown(name) || directory.Prefix.Length + name.Length > ObjectKey.MaxLength)
        {
            // No store can hold such a key: nobody needs to be asked.
            ReplyMissing(request, directory, _clock.After(_options.NegativeMetadataTtl));
            return default;
        }
        return TryAnswerFromListing(request, directory, name) ? default : LookupSlowAsync(request, directory, name.ToArray());
    }

    private async ValueTask LookupSlowAsync(FuseRequest request, DirectoryInode directory, byte[] name)
    {
        try
        {
            (DirectoryEntry? entry, long expiresAt) = await ResolveAsync(directory, name, request.CancellationToken).ConfigureAwait(false);
            ReplyEntry(request, directory, name, entry, expiresAt);
        }
        catch (Exception failure)
        {
            request.ReplyError(ErrnoMapper.MapAndLog(_logger, failure, "looking up", new ObjectKey(directory.KeyOf(name)), isRead: false, request.IsInterrupted));
        }
    }

    // What a name stands for, from the store if need be. A directory that was one list page is listed again when its listing has
    // expired; a larger one is listed behind, and the name asked for alone.
    private async ValueTask<(DirectoryEntry? Entry, long ExpiresAt)> ResolveAsync(DirectoryInode directory, byte[] name, CancellationToken cancellationToken)
    {
        bool hasListing = _listings.FindListing(directory) is not null || _lister.HasSaved(directory);
        if (!hasListing && directory.LastListing is { Pages: 1, IsForLookups: false })
        {
            DirectoryListing listing = await _lister.ListAsync(directory, cancellationToken).ConfigureAwait(false);
            int index = listing.Find(name);
            return index >= 0 ? (listing[index].ToDirectoryEntry(), ExpiryOf(listing)) : (null, NegativeExpiry(listing));
        }
        // Not where the cache has no room for it: it would be listed for nobody, at every lookup.
        if (!hasListing && directory.LastListing is { IsKept: true, IsForLookups: false } listed && (_clock.HasPassed(listed.ExpiresAt) || DirectoryLister.IsMissed(directory, listed)))
            _lister.RefreshBehind(directory);
        if (_listings.FindAttribute(directory, name) is { } known)
            return (known.Entry, known.ExpiresAt);
        if (!hasListing && directory.LastListing is null or { IsKept: true, IsForLookups: true })
            _lister.ListForLookups(directory);
        LookupResult result = await _lister.LookUpAsync(directory, name, cancellationToken).ConfigureAwait(false);
        return (result.Entry, result.ExpiresAt);
    }

    // False: no listing knows, is there or still holds.
    private bool TryAnswerFromListing(FuseRequest request, DirectoryInode directory, ReadOnlySpan<byte> name)
    {
        DirectoryListing? complete = _listings.FindListing(directory);
        // One that is still growing answers for what it has come to.
        DirectoryListing? listing = complete ?? _lister.FindGrowing(directory);
        int index = listing?.Find(name) ?? -1;
        if (listing is null || index < 0)
        {
            if (complete is null)
                return TryAnswerFromSaved(request, directory, name);
            if (complete.Saved is not null || complete.IsForLookups || listing is null)
                return false;
            ReplyMissing(request, directory, NegativeExpiry(listing));
            return true;
        }
        EntryRef entry = listing[index];
        if (entry.IsDoubtful)
            return false;
        if (!entry.IsDirectory)
            listing.CountLookedUp();
        request.ReplyEntry(EntryOut(directory, entry, ExpiryOf(listing)));
        return true;
    }

    // The listing is authoritative for as long as it holds, but the kernel remembers what is missing no longer than asked.
    private long NegativeExpiry(DirectoryListing listing) => Math.Min(listing.ExpiresAt, _clock.After(_options.NegativeMetadataTtl));

    private void ReplyEntry(FuseRequest request, DirectoryInode directory, ReadOnlySpan<byte> name, in DirectoryEntry? entry, long expiresAt)
    {
        if (entry is not { } found)
            ReplyMissing(request, directory, expiresAt);
        else if (found.IsDirectory)
            request.ReplyEntry(EntryOut(_inodes.GetDirectory(directory, name), expiresAt));
        else
            request.ReplyEntry(EntryOut(_inodes.LookUp(directory, name, found.Version, found.StorageClass), expiresAt));
    }

    // A node id of 0 with a timeout is a negative entry (fuse_lookup_name, fs/fuse/dir.c, v6.18).
    private void ReplyMissing(FuseRequest request, DirectoryInode directory, long expiresAt)
    {
        directory.AnswerMissing(expiresAt);
        FuseEntryOut negative = default;
        negative.SetEntryTimeout(_clock.Until(expiresAt));
        request.ReplyEntry(negative);
    }

    private FuseEntryOut EntryOut(DirectoryInode parent, in EntryRef listed, long expiresAt) => listed.IsDirectory
        ? EntryOut(_inodes.GetDirectory(parent, listed.Name), expiresAt)
        : EntryOut(_inodes.LookUp(parent, listed), expiresAt);

    private FuseEntryOut EntryOut(in FileInode file, long expiresAt)
    {
        var entry = new FuseEntryOut { NodeId = file.Id.Value, Attr = _attributes.Write(file) };
        TimeSpan left = _clock.Until(expiresAt);
        entry.SetEntryTimeout(left);
        entry.SetAttrTimeout(left);
        return entry;
    }

    private FuseEntryOut EntryOut(DirectoryInode directory, long expiresAt)
    {
        var entry = new FuseEntryOut { NodeId = directory.Id.Value, Attr = _attributes.Write(directory) };
        entry.SetEntryTimeout(_clock.Until(expiresAt));
        entry.SetAttrTimeout(AttrTimeout(directory, expiresAt));
        return entry;
    }

    /// <summary>What its root is in the root of the mount, where it is one of several.</summary>
    internal FuseEntryOut RootEntry() => EntryOut(_inodes.Root, _clock.After(_options.MetadataTtl));

    // A directory that was listed must be asked for again when that listing expires, or the kernel would keep its entries.
    private TimeSpan AttrTimeout(DirectoryInode directory, long expiresAt) =>
        _clock.Until(directory.LastListing is { } listed ? Math.Min(expiresAt, listed.ExpiresAt) : expiresAt);
}
