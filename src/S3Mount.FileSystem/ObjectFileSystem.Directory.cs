using System.Buffers;
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
    private const uint DirectoryType = 4; // DT_DIR
    private const uint RegularType = 8; // DT_REG

    // "." and ".." come before the listing's own entries.
    private const int DotEntries = 2;

    // What the kernel asks for first with the answers of one page that it had before Linux 6.16. Enough for ls -l of a small directory; more
    // would give an inode to each file of a directory before its reader has shown what it wants.
    private const int FirstWithAttributes = 25;

    public ValueTask ReadDirAsync(FuseRequest request, NodeId node, in FuseReadIn read) => AnswerReadDirAsync(request, node, read, plus: false);

    public ValueTask ReadDirPlusAsync(FuseRequest request, NodeId node, in FuseReadIn read) => AnswerReadDirAsync(request, node, read, plus: true);

    private ValueTask AnswerReadDirAsync(FuseRequest request, NodeId node, in FuseReadIn read, bool plus)
    {
        if (!TryFindDirectory(request, node, out DirectoryInode directory))
            return default;
        if (read.Offset != 0)
        {
            // Without handles the offset is the whole cookie. A generation that is gone is told, or found again, never skipped over.
            // A position is only ever what a program gave to seekdir: one beyond the end is the end.
            (uint generation, int position) = Cookie.Split(read.Offset);
            if (_generations.Find(directory, generation) is { } listing)
                return AnswerEntriesAsync(request, listing, position, (int)read.Size, DetailOf(listing, plus, _options.KernelChoosesReadDirPlus));
            if (directory.FindSame(generation) is { } last)
                return ResumeAsync(request, directory, last, position, (int)read.Size, plus);
            request.ReplyError(Errno.ESTALE);
            return default;
        }
        DirectoryListing? growing = _lister.FindGrowing(directory);
        DirectoryListing current = _listings.FindListing(directory) is { IsForLookups: false } ready ? ready : _lister.Open(directory);
        ValueTask answer = current == growing ? AnswerJoinedAsync(request, current, (int)read.Size, plus) : AnswerFromStartAsync(request, current, (int)read.Size, plus);
        _walks.Observe(directory);
        return answer;
    }

    // The time of a listing that began before the request may be over while the request has some left.
    private async ValueTask AnswerJoinedAsync(FuseRequest request, DirectoryListing listing, int size, bool plus)
    {
        Task there = listing.Progress.WaitForAsync(0, request.CancellationToken);
        await there.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (there.Exception?.InnerException is { } failure && DirectoryLister.IsOfTime(failure))
            listing = _lister.Open(listing.Directory);
        await AnswerFromStartAsync(request, listing, size, plus).ConfigureAwait(false);
    }

    private ValueTask AnswerFromStartAsync(FuseRequest request, DirectoryListing listing, int size, bool plus)
    {
        _generations.Keep(listing.Directory, listing, _options.MetadataTtl);
        return AnswerEntriesAsync(request, listing, 0, size, plus ? _plus.Begin(listing) : EntryDetail.Name);
    }

    // A kernel that chooses asks in the middle of a directory because it has seen attributes wanted there.
    private static EntryDetail DetailOf(DirectoryListing listing, bool plus, bool isWanted) =>
        !plus ? EntryDetail.Name : isWanted || listing.GivesAttributes ? EntryDetail.Attributes : EntryDetail.AttributesOfDirectories;

    private ValueTask AnswerEntriesAsync(FuseRequest request, DirectoryListing listing, int position, int size, EntryDetail detail)
    {
        Task there = listing.Progress.WaitForAsync(Math.Max(0, position - DotEntries), request.CancellationToken);
        if (!there.IsCompletedSuccessfully)
            return AnswerEntriesSlowAsync(request, listing, position, size, detail, there);
        ReplyEntries(request, listing, position, size, detail);
        return default;
    }

    // The kernel keeps entries, and asks on from their offsets, for as long as the directory's mtime stays, and so may any reader: in a
    // listing that holds the same names.
    private async ValueTask ResumeAsync(FuseRequest request, DirectoryInode directory, ListingTrace last, int position, int size, bool plus)
    {
        try
        {
            DirectoryListing? listing = _generations.Find(directory, last.Generation) ?? _listings.FindPrevious(directory);
            if (listing is not { IsComplete: true } || !listing.Trace.IsAlignedWith(last))
                listing = await _lister.ListAsync(directory, request.CancellationToken).ConfigureAwait(false);
            if (!listing.Trace.IsAlignedWith(last))
            {
                request.ReplyError(Errno.ESTALE);
                return;
            }
            _generations.Keep(directory, listing, _options.MetadataTtl);
            ReplyEntries(request, listing, position, size, DetailOf(listing, plus, _options.KernelChoosesReadDirPlus));
        }
        catch (Exception failure)
        {
            request.ReplyError(ErrnoMapper.MapAndLog(_logger, failure, "listing", new ObjectKey(directory.Prefix), isRead: false, request.IsInterrupted));
        }
    }

    private async ValueTask AnswerEntriesSlowAsync(FuseRequest request, DirectoryListing listing, int position, int size, EntryDetail detail, Task there)
    {
        try
        {
            await there.ConfigureAwait(false);
            ReplyEntries(request, listing, position, size, detail);
        }
        catch (Exception failure)
        {
            request.ReplyError(ErrnoMapper.MapAndLog(_logger, failure, "listing", new ObjectKey(listing.Directory.Prefix), isRead: false, request.IsInterrupted));
        }
    }

    private void ReplyEntries(FuseRequest request, DirectoryListing listing, int position, int size, EntryDetail detail)
    {
        byte[] buffer = ArrayPool<byte>.Shared.Rent(size);
        try
        {
            var writer = new DirentWriter(buffer.AsSpan(0, size));
            int end = listing.Count + DotEntries;
            int named = 0;
            while (position < end && TryAddEntry(ref writer, listing, position, detail, ref named))
                position++;
            if (named > 0)
                listing.CountNamed(named);
            // An empty answer would be the end of the directory.
            if (writer.Length == 0 && position < end)
                request.ReplyError(Errno.EINVAL);
            else
                request.ReplyBytes(buffer.AsSpan(0, writer.Length));
            if (writer.Length == 0 && position >= end)
                _generations.End(listing.Directory, listing);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    // Counts files that are given by their names alone.
    private bool TryAddEntry(ref DirentWriter writer, DirectoryListing listing, int position, EntryDetail detail, ref int named)
    {
        DirectoryInode directory = listing.Directory;
        ulong offset = Cookie.Make(listing.Generation, position + 1);
        if (position < DotEntries)
        {
            ulong dotIno = position == 0 ? directory.Ino : directory.ParentIno;
            ReadOnlySpan<byte> dotName = position == 0 ? "."u8 : ".."u8;
            return detail != EntryDetail.Name
                ? writer.TryAddPlus(default, dotIno, offset, DirectoryType, dotName)
                : writer.TryAdd(dotIno, offset, DirectoryType, dotName);
        }
        EntryRef listed = listing[position - DotEntries];
        ReadOnlySpan<byte> name = listed.Name;
        ulong ino = PathHash.ToIno(PathHash.Append(directory.PathState, name));
        uint type = listed.IsDirectory ? DirectoryType : RegularType;
        if (detail == EntryDetail.Name)
        {
            bool isAdded = writer.TryAdd(ino, offset, type, name);
            named += isAdded && !listed.IsDirectory ? 1 : 0;
            return isAdded;
        }
        // Whether it fits is known before the lookup is counted: what does not reach the kernel is never forgotten by it.
        if (!writer.CanAddPlus(name.Length))
            return false;
        // Such an entry is only named (node id 0): the kernel looks it up if somebody wants it.
        bool isNamed = listed.IsDoubtful || _clock.HasPassed(listing.ExpiresAt) || (!listed.IsDirectory && IsNameEnough(detail, position));
        named += isNamed && !listed.IsDirectory ? 1 : 0;
        FuseEntryOut entry = isNamed ? default : EntryOut(directory, listed, ExpiryOf(listing));
        return writer.TryAddPlus(entry, ino, offset, type, name);
    }

    private static bool IsNameEnough(EntryDetail detail, int position) =>
        detail == EntryDetail.AttributesOfDirectories || (detail == EntryDetail.AttributesOfFirst && position >= FirstWithAttributes);

    /// <summary>READDIR's offset: 31 bits of listing generation over 32 bits of position; never negative as the kernel's loff_t.</summary>
    private static class Cookie
    {
        public static ulong Make(uint generation, int position) => ((ulong)generation << 32) | (uint)position;

        public static (uint Generation, int Position) Split(ulong cookie) => ((uint)(cookie >> 32), (int)Math.Min((uint)cookie, int.MaxValue));
    }
}
