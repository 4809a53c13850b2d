using S3Mount.Control.Http;
using S3Mount.FileSystem;
using S3Mount.FileSystem.Warming;

namespace S3Mount.Control;

/// <summary>The warm jobs that clients have begun on a mount, by the name that each has given. Any thread.</summary>
internal sealed class WarmJobs(IMountedFiles fileSystem, TimeProvider timeProvider)
{
    // As many clients as the control socket serves.
    private const int MostJobs = 16;

    // A client sends the next paths at once; who has not for so long is gone.
    private static readonly TimeSpan _longestPause = TimeSpan.FromMinutes(1);

    private readonly Lock _gate = new();
    private readonly Dictionary<string, Held> _jobs = []; // guarded by _gate

    public WarmReport[] Reports
    {
        get
        {
            lock (_gate)
                return [.. _jobs.Select(job => new WarmReport(job.Key, job.Value.Job.Progress))];
        }
    }

    /// <summary>Adds paths to a job, and waits for its end unless more will come.</summary>
    /// <param name="cancellationToken">Ends the job.</param>
    /// <exception cref="ControlException"/>
    /// <exception cref="OperationCanceledException"/>
    public async Task<WarmProgress> RunAsync(string name, IReadOnlyList<string> paths, bool isCheck, bool isLast, CancellationToken cancellationToken)
    {
        if (!fileSystem.CanWarm)
            throw new ControlException(409, "this mount has no disk cache to bring anything to: mount with --cache DIR");
        Held held = Take(name, isCheck);
        bool isOver = true;
        try
        {
            await held.Job.AddAsync(paths, cancellationToken).ConfigureAwait(false);
            if (!isLast)
            {
                isOver = false;
                return held.Job.Progress;
            }
            return await held.Job.EndAsync(cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            GiveBack(name, held, isOver);
        }
    }

    private Held Take(string name, bool isCheck)
    {
        DropAbandoned();
        lock (_gate)
        {
            if (!_jobs.TryGetValue(name, out Held? held))
            {
                if (_jobs.Count == MostJobs)
                    throw new ControlException(503, $"{MostJobs} clients are warming this mount already");
                _jobs.Add(name, held = new Held(fileSystem.BeginWarmRun(isCheck)));
            }
            else if (held.IsInUse)
            {
                throw new ControlException(409, "paths are being added to that job");
            }
            held.IsInUse = true;
            return held;
        }
    }

    private void GiveBack(string name, Held held, bool isOver)
    {
        lock (_gate)
        {
            held.IsInUse = false;
            held.LastUsed = timeProvider.GetTimestamp();
            if (!isOver)
                return;
            _jobs.Remove(name);
        }
        held.Job.Dispose();
    }

    // What a job is told at its end runs here, and without the gate.
    private void DropAbandoned()
    {
        KeyValuePair<string, Held>[] abandoned;
        lock (_gate)
        {
            abandoned = [.. _jobs.Where(job => !job.Value.IsInUse && timeProvider.GetElapsedTime(job.Value.LastUsed) >= _longestPause)];
            foreach ((string name, _) in abandoned)
                _jobs.Remove(name);
        }
        foreach ((_, Held held) in abandoned)
            held.Job.Dispose();
    }

    private sealed class Held(IWarmRun job)
    {
        public IWarmRun Job => job;

        public bool IsInUse { get; set; }

        public long LastUsed { get; set; }
    }
}
