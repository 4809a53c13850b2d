using S3Mount.FileSystem.Warming;

namespace S3Mount.FileSystem.Datasets;

/// <summary>Paths of several datasets: a job in each that is named. A dataset that goes meanwhile ends its own.</summary>
internal sealed class DatasetsWarmRun(DatasetFileSystem datasets, bool isCheck) : IWarmRun
{
    private readonly Lock _gate = new();
    private readonly Dictionary<Dataset, WarmRun> _runs = []; // guarded by _gate
    private readonly WarmTally _unknown = new();

    public WarmProgress Progress
    {
        get
        {
            lock (_gate)
                return WarmProgress.Sum([_unknown.ToProgress(), .. _runs.Values.Select(run => run.Progress)]);
        }
    }

    public async Task AddAsync(IReadOnlyList<string> paths, CancellationToken cancellationToken)
    {
        // Neighbours of one dataset go together, in their order.
        for (int from = 0, to; from < paths.Count; from = to)
        {
            string name = DatasetFileSystem.Split(paths[from]).Name;
            for (to = from + 1; to < paths.Count && DatasetFileSystem.Split(paths[to]).Name == name; to++)
            {
            }
            string[] inside = [.. paths.Skip(from).Take(to - from).Select(path => DatasetFileSystem.Split(path).Inside)];
            foreach (string wanted in name.Length == 0 ? datasets.Names : [name])
                await AddAsync(wanted, inside, cancellationToken).ConfigureAwait(false);
        }
    }

    public async Task<WarmProgress> EndAsync(CancellationToken cancellationToken)
    {
        _unknown.IsListed = true;
        WarmRun[] runs;
        lock (_gate)
            runs = [.. _runs.Values];
        await Task.WhenAll(runs.Select(run => run.EndAsync(cancellationToken))).ConfigureAwait(false);
        return Progress;
    }

    public void Dispose()
    {
        lock (_gate)
        {
            foreach ((Dataset dataset, WarmRun run) in _runs)
            {
                run.Dispose();
                dataset.Leave();
            }
            _runs.Clear();
        }
    }

    private async Task AddAsync(string name, string[] inside, CancellationToken cancellationToken)
    {
        if (TakeRun(name) is { } run)
        {
            await run.AddAsync(inside, cancellationToken).ConfigureAwait(false);
            return;
        }
        foreach (string path in inside)
        {
            _unknown.Found(0);
            _unknown.Failed(0, $"{name}/{path}: there is no dataset {name} in this mount");
        }
    }

    // It is in the dataset until it is disposed.
    private WarmRun? TakeRun(string name)
    {
        lock (_gate)
        {
            foreach ((Dataset known, WarmRun running) in _runs)
            {
                if (known.Name == name)
                    return running;
            }
            if (datasets.Enter(name) is not { } dataset)
                return null;
            var run = new WarmRun(dataset.Files, isCheck);
            _runs.Add(dataset, run);
            return run;
        }
    }
}
