using S3Mount.FileSystem.Explaining;
using S3Mount.FileSystem.Reading;
using S3Mount.FileSystem.Warming;

namespace S3Mount.FileSystem.Datasets;

public sealed partial class DatasetFileSystem
{
    // As many as of one prefix.
    private const int MaxBeingReadNamed = 4;

    public ObjectFileSystemStatistics Statistics
    {
        get
        {
            (Dataset[] datasets, GoneDatasets gone) = Counted();
            (string Name, ObjectFileSystemStatistics Of)[] each = [.. datasets.Select(dataset => (dataset.Name, dataset.Files.Statistics))];
            HydrationStatus[] hydrations = [.. each.Where(dataset => dataset.Of.Hydration is not null).Select(dataset => dataset.Of.Hydration!)];
            return new ObjectFileSystemStatistics(
                MemoryUsed, _caches.Blocks.Budget.Limit, InodeCount, _caches.Listings.Count, _caches.Listings.SizeInBytes, gone.HiddenKeys + each.Sum(dataset => dataset.Of.HiddenKeys),
                DiskCache: _options.DiskCache?.Statistics, Hydration: hydrations.Length > 0 ? HydrationStatus.Sum(hydrations) : null)
            {
                Reads = ReadStatistics.Sum([gone.Reads, .. each.Select(dataset => dataset.Of.Reads!)]),
                BeingRead = BeingRead([.. each.Select(dataset => (dataset.Name, dataset.Of.BeingRead!))]),
            };
        }
    }

    public ReadStatistics Reads
    {
        get
        {
            (Dataset[] datasets, GoneDatasets gone) = Counted();
            return ReadStatistics.Sum([gone.Reads, .. datasets.Select(dataset => dataset.Files.Reads)]);
        }
    }

    public long DiskBytes => _options.DiskCache?.HitBytes ?? 0;

    public int InodeCount => 1 + Volatile.Read(ref _datasets).Sum(dataset => dataset.Files.InodeCount);

    public bool CanWarm => _options.DiskCache is not null;

    /// <summary>What one dataset has counted; null: there is none of that name.</summary>
    public ObjectFileSystemStatistics? StatisticsOf(string name) => Find(name)?.Files.Statistics;

    public async Task<RefreshResult> RefreshAsync(string path, bool recursive, CancellationToken cancellationToken)
    {
        (string name, string inside) = Split(path);
        Dataset[] wanted = name.Length == 0 ? Volatile.Read(ref _datasets) : Find(name) is { } one ? [one] : [];
        var sum = new RefreshResult(Exists: wanted.Length > 0 || name.Length == 0, 0, 0, 0, 0, 0, IsTold: true);
        foreach (Dataset dataset in wanted)
        {
            if (!dataset.TryEnter())
                continue;
            try
            {
                RefreshResult result = await dataset.Files.RefreshAsync(inside, recursive, cancellationToken).ConfigureAwait(false);
                sum = new RefreshResult(
                    sum.Exists && (name.Length == 0 || result.Exists), sum.Directories + result.Directories, sum.Entries + result.Entries, sum.Added + result.Added, sum.Changed + result.Changed,
                    sum.Removed + result.Removed, sum.IsTold && result.IsTold);
            }
            finally
            {
                dataset.Leave();
            }
        }
        return sum;
    }

    public async Task<FileExplanation?> ExplainAsync(string path, CancellationToken cancellationToken)
    {
        (string name, string inside) = Split(path);
        if (name.Length == 0)
            return new FileExplanation { IsDirectory = true, Key = "", KnownBy = KnownBy.Listing, IsKnownToKernel = true, Entries = Volatile.Read(ref _datasets).Length };
        if (Find(name) is not { } dataset || !dataset.TryEnter())
            return null;
        try
        {
            return await dataset.Files.ExplainAsync(inside, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            dataset.Leave();
        }
    }

    public IWarmRun BeginWarmRun(bool isCheck) => CanWarm ? new DatasetsWarmRun(this, isCheck) : throw new InvalidOperationException("there is no disk cache");

    public void StartHydration()
    {
        lock (_gate)
        {
            _isHydrating = true;
            foreach (Dataset dataset in _datasets.Where(dataset => dataset.Start.Hydrates))
                dataset.Files.StartHydration();
        }
    }

    public Task SaveListingsAsync(TimeSpan deadline) => Task.WhenAll(Volatile.Read(ref _datasets).Select(dataset => dataset.Files.SaveListingsAsync(deadline)));

    public void SaveInodes(Stream stream) => DatasetStates.Write(stream, _numbers.Next, Volatile.Read(ref _lastPlace), Volatile.Read(ref _datasets));

    internal static (string Name, string Inside) Split(string path) =>
        path.IndexOf('/') is > 0 and var slash ? (path[..slash], path[(slash + 1)..].TrimStart('/')) : (path, "");

    // Entered: the caller leaves it.
    internal Dataset? Enter(string name) => Find(name) is { } dataset && dataset.TryEnter() ? dataset : null;

    // Each that ever was is in one of the two.
    private (Dataset[] Datasets, GoneDatasets Gone) Counted()
    {
        lock (_gate)
            return ([.. _datasets, .. _leaving], _gone);
    }

    private static FilesBeingRead BeingRead((string Name, FilesBeingRead Files)[] each) =>
        new(each.Sum(dataset => dataset.Files.Count), [.. each.SelectMany(dataset => dataset.Files.Keys.Select(key => $"{dataset.Name}/{key}")).Take(MaxBeingReadNamed)]);
}
