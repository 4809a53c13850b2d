using Microsoft.Extensions.Logging;

namespace S3Mount.FileSystem.Warming;

/// <summary>
/// Brings everything below a mount to the disk cache, behind its readers, from the beginning on. Where store or disk fail it begins
/// again a minute later, and finds there what it has brought before.
/// </summary>
internal sealed class Hydration(Func<WarmJob> begin, WarmPaths paths, TimeProvider timeProvider, ILogger logger, CancellationToken stopping)
{
    // As long as a disk cache that could not write leaves its disk alone.
    private static readonly TimeSpan _pause = TimeSpan.FromSeconds(60);

    private WarmJob? _job;
    private volatile string _state = "running";

    public HydrationStatus? Status => Volatile.Read(ref _job) is { } job ? new HydrationStatus(_state, job.Progress) : null;

    /// <summary>Completes when all is there, or the mount ends. Never fails.</summary>
    public Task Completion { get; private set; } = Task.CompletedTask;

    public void Start() => Completion = Task.Run(RunAsync);

    private async Task RunAsync()
    {
        try
        {
            while (!await RunOnceAsync().ConfigureAwait(false))
            {
                _state = "waiting";
                await Task.Delay(_pause, timeProvider, stopping).ConfigureAwait(false);
                _state = "running";
            }
            _state = "done";
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            // What is cached stays.
        }
        catch (Exception failure)
        {
            LogMessages.HydrationFailed(logger, failure);
            _state = "failed";
        }
    }

    // False: it is worth another try.
    private async Task<bool> RunOnceAsync()
    {
        using WarmJob job = begin();
        Volatile.Write(ref _job, job);
        long began = timeProvider.GetTimestamp();
        try
        {
            await paths.AddAsync(job, [""]).ConfigureAwait(false);
        }
        finally
        {
            await job.EndAsync().ConfigureAwait(false);
        }
        stopping.ThrowIfCancellationRequested();
        WarmProgress progress = job.Progress;
        if (progress.Problem is { } problem)
        {
            LogMessages.HydrationWaits(logger, problem, (int)_pause.TotalSeconds);
            return false;
        }
        LogMessages.Hydrated(logger, progress.FetchedFiles, progress.FetchedBytes, timeProvider.GetElapsedTime(began).TotalSeconds, progress.PresentFiles, progress.AbsentFiles, progress.AbsentBytes, progress.FailedFiles);
        if (progress.Failures is [var first, ..])
            LogMessages.HydrationLeft(logger, progress.FailedFiles, first);
        return true;
    }
}
