using Microsoft.Extensions.Logging;
using S3Mount.FileSystem.Listing;
using S3Mount.FileSystem.Snapshots;

namespace S3Mount.FileSystem.SavedListings;

/// <summary>
/// Saves what is known of the tree when it has changed: now and then while the mount lives, so that a daemon that is killed has lost
/// little, and when it ends. One writer at a time, on a thread of its own, since disks may take their time.
/// </summary>
/// <param name="write">Hands all that is known to a sink.</param>
/// <param name="stopping">Trips when the mount ends.</param>
internal sealed class ListingSaver(
    SavedListingsFile file, DirectoryLister lister, Func<IDirectorySink, CancellationToken, (SummaryRecord Summary, StringTable Strings)> write, TimeProvider timeProvider, ILogger logger, CancellationToken stopping)
{
    /// <summary>What a first walk has learnt is soon worth keeping.</summary>
    public static readonly TimeSpan FirstAfter = TimeSpan.FromMinutes(1);

    /// <summary>At most so much is lost; a million files are 80 MB to write each time.</summary>
    public static readonly TimeSpan Interval = TimeSpan.FromMinutes(5);

    // Listings that are under way want the processors, and will be worth saving in a moment.
    private static readonly TimeSpan _look = TimeSpan.FromSeconds(1);
    private const int MostLooks = 30;

    private Task _background = Task.CompletedTask;
    private long _saved; // by one writer at a time
    private long _madeAt = file.Loaded?.Summary.MadeAt.ToUnixTimeSeconds() ?? long.MinValue;
    private bool _hasFailed;

    /// <summary>When the file that is there was made; null: there is none yet.</summary>
    public DateTimeOffset? MadeAt => Interlocked.Read(ref _madeAt) is var seconds && seconds != long.MinValue ? DateTimeOffset.FromUnixTimeSeconds(seconds) : null;

    /// <summary>Saves now and then from now on, until the mount ends.</summary>
    public void Start() => _background = RunAsync();

    /// <summary>Saves what is known at the end, if it has changed. The mount has ended, or ends with this.</summary>
    /// <param name="deadline">After which the file stays as it was.</param>
    public async Task SaveLastAsync(TimeSpan deadline)
    {
        using var late = new CancellationTokenSource(deadline, timeProvider);
        // Who mounts again at once waits for what is being written.
        using IDisposable? isWriting = lister.Changes == _saved ? null : file.TryLock();
        try
        {
            await _background.WaitAsync(late.Token).ConfigureAwait(false);
            // A disk that does not answer holds nobody up: the writer is left to itself then.
            await SaveAsync(late.Token).WaitAsync(late.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (late.IsCancellationRequested)
        {
            LogMessages.NotSavedInTime(logger, file.Path, (int)deadline.TotalSeconds);
        }
    }

    private async Task RunAsync()
    {
        TimeSpan pause = FirstAfter;
        try
        {
            while (true)
            {
                await Task.Delay(pause, timeProvider, stopping).ConfigureAwait(false);
                pause = Interval;
                for (int i = 0; i < MostLooks && lister.IsListing; i++)
                    await Task.Delay(_look, timeProvider, stopping).ConfigureAwait(false);
                await SaveAsync(stopping).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
        }
    }

    // Failures are logged once, until it succeeds again.
    private async Task SaveAsync(CancellationToken cancellationToken)
    {
        long changes = lister.Changes;
        if (changes == _saved)
            return;
        DateTimeOffset now = timeProvider.GetUtcNow();
        try
        {
            await Task.Factory.StartNew(
                () => file.Write(now, sink => write(sink, cancellationToken), cancellationToken), cancellationToken, TaskCreationOptions.LongRunning, TaskScheduler.Default).ConfigureAwait(false);
            _saved = changes;
            _hasFailed = false;
            Interlocked.Exchange(ref _madeAt, now.ToUnixTimeSeconds());
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            if (!_hasFailed)
                LogMessages.NotSaved(logger, e is SnapshotException ? e.Message : $"{file.Path}: {e.GetType().Name}: {e.Message}");
            _hasFailed = true;
        }
    }
}
