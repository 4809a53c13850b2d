using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using Mono.Unix.Native;
using S3Mount.FileSystem.Caching;
using S3Mount.FileSystem.Inodes;
using S3Mount.FileSystem.Reading;
using S3Mount.Fuse;
using S3Mount.Fuse.Protocol;
using S3Mount.Fuse.Session;
using S3Mount.ObjectStore;

namespace S3Mount.FileSystem;

public sealed partial class ObjectFileSystem
{
    // Of a snapshot of which more has changed than this, nobody reads the rest of the lines.
    private const int MaxChangedNamed = 10_000;

    private readonly ConcurrentDictionary<NodeId, bool> _changedFiles = new();

    // Blocks that a READ of a stream can span: a READ of 1 MiB over parts of at least 1 MiB spans two, over the leavings of
    // smaller random reads more. Beyond this the slow path answers.
    private const int MaxInlineLeases = 8;

    // A few listings' time; the kernel itself takes microseconds.
    private static readonly TimeSpan _notifyDeadline = TimeSpan.FromMilliseconds(500);

    private int _unpinnedNamed;

    public ValueTask ReadAsync(FuseRequest request, NodeId node, in FuseReadIn read)
    {
        if (!_inodes.TryFindFile(node, out FileInode file))
        {
            request.ReplyError(_inodes.FindDirectory(node) is null ? Errno.ESTALE : Errno.EISDIR);
            return default;
        }
        int length = (int)Math.Min(read.Size, (ulong)Math.Max(0, file.Size - (long)Math.Min(read.Offset, long.MaxValue)));
        if (length == 0)
        {
            request.ReplyRead(read, (ulong)file.Size, []);
            return default;
        }
        ObjectReader reader = _readers.Find(node) ?? OpenReader(file);
        return TryReadHit(request, file.Size, reader, read, length) ? default : ReadMissAsync(request, file, reader, read, length);
    }

    private ObjectReader OpenReader(in FileInode file)
    {
        if (!file.Version.IsPinned && Interlocked.Exchange(ref _unpinnedNamed, 1) == 0)
            LogMessages.NoETag(_logger, file.Key);
        NodeId id = file.Id;
        return _readers.Attach(id, new ObjectReader(_fetcher, file.Key, file.Version, retired => _readers.Drop(id, retired)));
    }

    private bool TryReadHit(FuseRequest request, long fileSize, ObjectReader reader, in FuseReadIn read, int length)
    {
        var leases = new LeaseRow();
        Span<FuseSlice> slices = stackalloc FuseSlice[MaxInlineLeases];
        int count = reader.TryLease((long)read.Offset, length, leases, slices);
        if (count == 0)
            return false;
        try
        {
            request.ReplyRead(read, (ulong)fileSize, slices[..count]);
        }
        finally
        {
            reader.Return(((ReadOnlySpan<Block>)leases)[..count], slices[..count]);
        }
        reader.ReadAhead((long)read.Offset, length);
        _fetcher.Counters.CountHit(length);
        return true;
    }

    private async ValueTask ReadMissAsync(FuseRequest request, FileInode file, ObjectReader reader, FuseReadIn read, int length)
    {
        if (_recentFailures.TryFind(file, (long)read.Offset, length, out Errno justFailed))
        {
            request.ReplyError(justFailed);
            return;
        }
        long since = _clock.Now;
        try
        {
            List<Block> leases;
            (reader, leases) = await LeaseAsync(file, reader, (long)read.Offset, length, request.CancellationToken).ConfigureAwait(false);
            FuseSlice[] slices = Slices(leases, (long)read.Offset, length);
            try
            {
                request.ReplyRead(read, (ulong)file.Size, slices);
                _fetcher.Counters.CountFetched(length);
            }
            finally
            {
                reader.Return(leases.ToArray(), slices);
            }
        }
        catch (Exception failure)
        {
            if (_options.Snapshot is { } snapshot && failure is ObjectStoreException { Failure: ObjectStoreFailure.NotFound or ObjectStoreFailure.PreconditionFailed })
            {
                // Once for each file: a program that goes on asks for every part of it, and the kernel twice for each.
                if (_changedFiles.Count < MaxChangedNamed && _changedFiles.TryAdd(file.Id, true))
                    LogMessages.ChangedSinceSnapshot(_logger, file.Key, snapshot.Path, snapshot.Summary.MadeAt.UtcDateTime);
                request.ReplyError(Errno.ESTALE);
                return;
            }
            Errno errno = ErrnoMapper.MapAndLog(_logger, failure, "reading", file.Key, isRead: true, request.IsInterrupted);
            if (errno == Errno.ESTALE)
                await ForgetVersionAsync(file).ConfigureAwait(false);
            else if (failure is TimeoutException or ObjectStoreException { Failure: ObjectStoreFailure.Unavailable })
                _recentFailures.Add(file, (long)read.Offset, length, errno, since);
            request.ReplyError(errno);
        }
    }

    private async ValueTask<(ObjectReader Reader, List<Block> Leases)> LeaseAsync(FileInode file, ObjectReader reader, long offset, int length, CancellationToken cancellationToken)
    {
        while (true)
        {
            if (await reader.LeaseAsync(offset, length, cancellationToken).ConfigureAwait(false) is { } leases)
                return (reader, leases);
            // Its last block was evicted since it was looked up.
            _readers.Drop(file.Id, reader);
            reader = _readers.Find(file.Id) ?? OpenReader(file);
        }
    }

    private static FuseSlice[] Slices(List<Block> leases, long offset, int length)
    {
        long end = offset + length;
        var slices = new FuseSlice[leases.Count];
        for (int i = 0; i < slices.Length; i++)
        {
            int take = (int)(Math.Min(end, leases[i].End) - offset);
            slices[i] = leases[i].Slice(offset, take);
            offset += take;
        }
        return slices;
    }

    // The version is gone from the store. Nothing that remembers it may answer for its name any more, and since a zero-message
    // open has no step in which the kernel could ask again, the kernel is told: the next open finds what is there now. The reader
    // gets its error only then, for it may open the file again within microseconds.
    private async ValueTask ForgetVersionAsync(FileInode file)
    {
        DirectoryInode directory = file.Parent;
        byte[] name = file.Name.ToArray();
        DoubtSaved(directory);
        _listings.Doubt(directory, name, file.Version);
        _generations.Doubt(directory, name, file.Version);
        if (_connection is not { } connection)
            return;
        Task taken = connection.Notifier.InvalidateEntryAsync(directory.Id, name, expireOnly: true);
        // The kernel takes it when no LOOKUP or READDIR in that directory is under way. None of those waits for this READ, but
        // they may wait for the store; then the reader is not kept any longer.
        await taken.WaitAsync(_notifyDeadline, _clock.TimeProvider).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    [InlineArray(MaxInlineLeases)]
    private struct LeaseRow
    {
        private Block _first;
    }
}
