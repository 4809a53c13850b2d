using Microsoft.Extensions.Logging;
using S3Mount.FileSystem.Inodes;
using S3Mount.FileSystem.Listing;
using S3Mount.ObjectStore;

namespace S3Mount.FileSystem.SavedListings;

/// <summary>
/// Lists what has been shown as it was saved, in the background and a few directories at a time, and tells the kernel what differs.
/// While the store is in trouble it tries again, less and less often. Any thread.
/// </summary>
/// <param name="store">Stays its owner's.</param>
/// <param name="refresh">Makes a refresh of one directory, or of several.</param>
/// <param name="maxConnections">Of which a quarter may be used here at most.</param>
/// <param name="stopping">Trips when the mount ends.</param>
internal sealed partial class SavedCheck(
    SavedTree saved, IObjectStore store, DirectoryLister lister, Func<DirectoryRefresh> refresh, MountClock clock, int maxConnections, ILogger logger, CancellationToken stopping)
{
    /// <summary>A store in trouble is given time: from this pause on, each twice as long as the one before.</summary>
    public static readonly TimeSpan FirstPause = TimeSpan.FromSeconds(5);

    /// <summary>Who mends a store wants to see that it works.</summary>
    public static readonly TimeSpan LongestPause = TimeSpan.FromMinutes(5);

    /// <summary>A walk takes milliseconds from one directory to the next: what it asks for itself goes first.</summary>
    public static readonly TimeSpan Quiet = TimeSpan.FromSeconds(1);

    /// <summary>No walk, however long, puts the checks off for longer.</summary>
    public static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(10);

    // Each lists page after page: four pages under way do not show among 64 connections.
    private const int MostAtOnce = 4;

    private readonly int _most = Math.Clamp(maxConnections / 4, 1, MostAtOnce);
    private readonly Lock _gate = new();
    // All guarded by _gate.
    private readonly CheckQueue _queue = new();
    private readonly HashSet<DirectoryInode> _running = [];
    private TaskCompletionSource _changed = NewSignal();
    private int _workers;
    private long _lastShown;
    private long _waitingSince;
    private long _pausedUntil;
    private TimeSpan _pause;

    /// <summary>A directory has been shown as it was saved, with so many entries.</summary>
    public void Add(DirectoryInode directory, int entries)
    {
        lock (_gate)
        {
            _lastShown = clock.Now;
            if (!_queue.HasPatient)
                _waitingSince = _lastShown;
            _queue.Add(new CheckItem(directory, entries));
            Start();
        }
    }

    /// <summary>Something in a directory is not as it was saved: if it has not been checked, that is next.</summary>
    public void Hurry(DirectoryInode directory)
    {
        if (!saved.IsUnchecked(directory))
            return;
        lock (_gate)
        {
            if (_running.Contains(directory))
                return;
            _queue.AddUrgent(directory);
            Start();
            _changed.TrySetResult();
        }
    }

    // Under _gate.
    private void Start()
    {
        if (_workers == _most || stopping.IsCancellationRequested)
            return;
        _workers++;
        _ = Task.Run(WorkAsync, CancellationToken.None);
    }

    private async Task WorkAsync()
    {
        while (TryTake(out IReadOnlyList<CheckItem> items, out TimeSpan wait, out Task changed))
        {
            if (items.Count == 0)
                await changed.WaitAsync(wait, clock.TimeProvider, stopping).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            else if (items.Count == 1)
                await CheckAsync(items[0].Directory).ConfigureAwait(false);
            else
                await ScanAsync(items).ConfigureAwait(false);
        }
    }

    /// <param name="items">Empty: none yet; look again after the wait, or a change.</param>
    /// <returns>False: there is nothing to do any more.</returns>
    private bool TryTake(out IReadOnlyList<CheckItem> items, out TimeSpan wait, out Task changed)
    {
        lock (_gate)
        {
            (items, wait) = ([], default);
            if (_changed.Task.IsCompleted)
                _changed = NewSignal();
            changed = _changed.Task;
            if (stopping.IsCancellationRequested || !(_queue.HasPatient || _queue.HasUrgent))
            {
                _workers--;
                return false;
            }
            long now = clock.Now;
            long due = _queue.HasUrgent ? _pausedUntil : Math.Max(_pausedUntil, Math.Min(_lastShown + Quiet.Ticks, _waitingSince + LongestWait.Ticks));
            if (due > now)
            {
                wait = new TimeSpan(due - now);
                return true;
            }
            items = _queue.Take();
            if (items.Count == 1)
                _running.Add(items[0].Directory);
            return true;
        }
    }

    // Never throws.
    private async Task CheckAsync(DirectoryInode directory)
    {
        bool isDone = true;
        try
        {
            if (saved.IsUnchecked(directory))
            {
                await ListAsync(directory).ConfigureAwait(false);
                Succeed();
                // Another listing of it has begun meanwhile, and this one was not kept.
                isDone = !saved.IsUnchecked(directory);
            }
        }
        catch (Exception failure)
        {
            // At the end of the mount it is not the store that fails.
            if (!stopping.IsCancellationRequested)
                Fail(directory, failure);
            isDone = false;
        }
        lock (_gate)
        {
            _running.Remove(directory);
            if (!isDone)
                _queue.AddAlone(directory);
        }
    }

    private async Task ListAsync(DirectoryInode directory)
    {
        DirectoryRefresh check = refresh();
        // What was shown by names alone, or has had to make room, is what the new listing is compared with.
        DirectoryListing? shown = lister.ShowSaved(directory);
        await ListAsync(check, directory, shown).ConfigureAwait(false);
        await ListBelowAsync(check).ConfigureAwait(false);
    }

    private async Task ListBelowAsync(DirectoryRefresh check)
    {
        while (check.TakeBelow() is { Count: > 0 } below)
        {
            foreach (DirectoryInode other in below)
                await ListAsync(check, other, shown: null).ConfigureAwait(false);
        }
    }

    private async Task ListAsync(DirectoryRefresh check, DirectoryInode directory, DirectoryListing? shown)
    {
        try
        {
            await check.RunAsync(directory, stopping).ConfigureAwait(false);
        }
        catch (ObjectStoreException denied) when (IsDenied(denied))
        {
            await DenyAsync(check, directory, shown, denied).ConfigureAwait(false);
        }
    }

    private void Succeed()
    {
        lock (_gate)
            _pause = default;
    }

    private void Fail(DirectoryInode directory, Exception failure)
    {
        TimeSpan pause;
        bool isFirst;
        lock (_gate)
        {
            // Others that were under way have failed for the same reason.
            if (_pausedUntil > clock.Now)
                return;
            isFirst = _pause == default;
            _pause = isFirst ? FirstPause : _pause * 2 < LongestPause ? _pause * 2 : LongestPause;
            _pausedUntil = clock.Now + _pause.Ticks;
            pause = _pause;
        }
        string reason = failure is ObjectStoreException ? failure.Message : $"{failure.GetType().Name}: {failure.Message}";
        if (isFirst)
            LogMessages.CheckFailed(logger, new ObjectKey(directory.Prefix), reason);
        else
            LogMessages.CheckFailedAgain(logger, new ObjectKey(directory.Prefix), reason, (int)pause.TotalSeconds);
    }

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
