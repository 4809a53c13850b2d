using S3Mount.FileSystem.Caching.Disk;
using S3Mount.FileSystem.Reading;
using S3Mount.ObjectStore;

namespace S3Mount.FileSystem.Warming;

/// <summary>
/// Objects that somebody wants in the disk cache: what is there is left alone, and the rest is fetched in the order in which it
/// is added. One thread adds at a time; the rest is for any thread.
/// </summary>
public sealed class WarmJob : IDisposable
{
    // An object of S3 has 50 TB at most (S3 User Guide, "Uploading objects"); this is nearly three times that. To look for each piece of one that is said to have 2^63 bytes
    // would take days.
    private const long LargestObject = 1L << 47;

    // A file that is not in the cache when as many others have failed one after the other for want of an answer will not be either.
    private const int MostUnanswered = 8;

    // What has been used since is perhaps of a job of today; what has not may make room.
    private static readonly TimeSpan _inUse = TimeSpan.FromHours(1);

    private readonly WarmFetcher _fetcher;
    private readonly BlockFetcher _blocks;
    private readonly CancellationTokenSource _stopping;
    private readonly Lock _gate = new();
    private readonly long _inUseSince;
    private Func<Task>? _markWanted;
    private Task? _marking; // guarded by _gate
    private long _evictBefore;
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _open = 1; // files under way, and one for those that are yet to come
    private int _unanswered;

    internal WarmJob(WarmFetcher fetcher, BlockFetcher blocks, bool isCheck, CancellationToken mountEnds)
    {
        _fetcher = fetcher;
        _blocks = blocks;
        IsCheck = isCheck;
        _stopping = CancellationTokenSource.CreateLinkedTokenSource(mountEnds);
        _inUseSince = (fetcher.Disk.Now - _inUse).Ticks;
    }

    /// <summary>Nothing is fetched, only counted.</summary>
    public bool IsCheck { get; }

    /// <summary>
    /// Readers are expected meanwhile: what it has brought stays in memory for them. Otherwise the next block is better off with the
    /// memory of the last one, which the processor still has.
    /// </summary>
    internal bool IsBesideReaders { get; init; }

    public WarmProgress Progress => Tally.ToProgress();

    internal WarmTally Tally { get; } = new();

    /// <summary>Trips when it is to stop.</summary>
    internal CancellationToken Stopping => _stopping.Token;

    /// <summary>
    /// What was last used before (UTC ticks) may make room; 0: nothing but what is idle, until it is known what of it the job itself
    /// wants. Never what it has brought, however long it takes.
    /// </summary>
    internal long EvictBefore => Interlocked.Read(ref _evictBefore);

    /// <summary>Ends what is under way; what is cached stays.</summary>
    public void Stop() => _stopping.Cancel();

    public void Dispose()
    {
        _stopping.Cancel();
        _stopping.Dispose();
    }

    /// <summary>Completes when all that was added is cached or has failed. Nothing can be added afterwards.</summary>
    internal async Task EndAsync()
    {
        Tally.IsListed = true;
        Close();
        await _ended.Task.ConfigureAwait(false);
    }

    /// <summary>To be said before anything is added: how to <see cref="Mark"/> all that will be.</summary>
    internal void MarkBy(Func<Task> markWanted) => _markWanted = markWanted;

    /// <summary>What there is of an object is not to make room for others of the job: they would make room for it when its turn comes.</summary>
    internal void Mark(in WarmObject wanted)
    {
        if (wanted.Version.IsPinned && wanted.Version.Size <= LargestObject)
            _fetcher.Disk.Want(_fetcher.NameOf(wanted), wanted.Version.Size);
    }

    /// <summary>Completes when all that the job wants has been marked, and the rest may make room.</summary>
    internal Task MarkAsync()
    {
        lock (_gate)
            return _marking ??= Task.Run(MarkOnceAsync);
    }

    /// <summary>Begins an object unless it is there; waits for memory and connections.</summary>
    /// <returns>False: there is no use in adding more.</returns>
    /// <exception cref="OperationCanceledException"/>
    internal async Task<bool> AddAsync(WarmObject wanted)
    {
        long size = wanted.Version.Size;
        if (Refusal(wanted) is { } refusal)
        {
            Tally.Failed(size, refusal);
            return true;
        }
        CacheKey name = _fetcher.NameOf(wanted);
        if (IsCheck ? _fetcher.Disk.Has(name, 0, size) : _fetcher.Disk.Want(name, size))
            Tally.Present(size);
        else if (IsCheck || await PrepareAsync(size).ConfigureAwait(false) == KeepState.Full)
            Tally.Absent(size);
        else
            await FetchAsync(new WarmFile(this, new ObjectReader(_blocks, wanted.Key, wanted.Version), name)).ConfigureAwait(false);
        return Tally.Problem is null;
    }

    internal void End(WarmFile file)
    {
        if (file.Failure is OperationCanceledException && _stopping.IsCancellationRequested)
        {
            // Nobody is told of it: it is fetched the next time.
        }
        else if (file.Failure is { } failure)
        {
            Tally.Failed(file.Size, Describe(file.Reader.Key, failure));
            if (failure is not (TimeoutException or ObjectStoreException { Failure: ObjectStoreFailure.Unavailable }))
                Volatile.Write(ref _unanswered, 0);
            else if (Interlocked.Increment(ref _unanswered) >= MostUnanswered)
                Tally.Stop($"the store does not answer: {failure.Message}");
        }
        else if (file.IsMissed)
        {
            Tally.Absent(file.Size);
            if (!_fetcher.Disk.IsWritable)
                Tally.Stop("the disk cache cannot be written; the log of the mount says why");
        }
        else
        {
            Volatile.Write(ref _unanswered, 0);
            Tally.Fetched();
        }
        Close();
    }

    // Only where there is no room: all that is wanted is listed once more.
    private async Task MarkOnceAsync()
    {
        try
        {
            if (_markWanted is not null)
                await _markWanted().ConfigureAwait(false);
            Interlocked.Exchange(ref _evictBefore, _inUseSince);
        }
        catch (Exception e) when (e is ObjectStoreException or TimeoutException)
        {
            Tally.Stop(e.Message);
        }
    }

    private async ValueTask<KeepState> PrepareAsync(long size)
    {
        KeepState state = await _fetcher.PrepareAsync(EvictBefore, size).ConfigureAwait(false);
        if (state != KeepState.Full || EvictBefore > 0)
            return state;
        await MarkAsync().ConfigureAwait(false);
        return await _fetcher.PrepareAsync(EvictBefore, size).ConfigureAwait(false);
    }

    private async Task FetchAsync(WarmFile file)
    {
        Interlocked.Increment(ref _open);
        try
        {
            for (long offset = 0; offset < file.Size && file.Failure is null;)
            {
                int length = (int)Math.Min(_fetcher.PartSize, file.Size - offset);
                if (_fetcher.Disk.Has(file.Name, offset, length))
                    file.FindPart(length);
                else if (await PrepareAsync(length).ConfigureAwait(false) != KeepState.Ready)
                    file.Miss();
                else
                    await _fetcher.StartAsync(file, offset, length, _stopping.Token).ConfigureAwait(false);
                offset += length;
            }
        }
        catch (OperationCanceledException e)
        {
            file.Stop(e);
            throw;
        }
        finally
        {
            file.EndParts();
        }
    }

    // Why there is no use in fetching it.
    private static string? Refusal(in WarmObject wanted)
    {
        if (!wanted.Version.IsPinned)
            return $"{wanted.Key} has no strong ETag: nothing of it is kept on a disk";
        if (wanted.Version.Size > LargestObject)
            return $"{wanted.Key} is said to have {wanted.Version.Size} bytes, more than any object has";
        return StorageClass.IsArchived(wanted.StorageClass) ? $"{wanted.Key} is archived ({wanted.StorageClass}): it must be restored first" : null;
    }

    private static string Describe(ObjectKey key, Exception failure) => failure switch
    {
        ObjectStoreException { Failure: ObjectStoreFailure.NotFound or ObjectStoreFailure.PreconditionFailed } => $"{key} is not what the listing says: it was changed or deleted meanwhile",
        ObjectStoreException => failure.Message,
        _ => $"{key}: {failure.Message}",
    };

    private void Close()
    {
        if (Interlocked.Decrement(ref _open) == 0)
            _ended.SetResult();
    }
}
