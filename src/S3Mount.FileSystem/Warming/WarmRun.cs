namespace S3Mount.FileSystem.Warming;

/// <summary>A job of one file system.</summary>
internal sealed class WarmRun(ObjectFileSystem fileSystem, bool isCheck) : IWarmRun
{
    private readonly WarmJob _job = fileSystem.BeginWarming(isCheck);

    public WarmProgress Progress => _job.Progress;

    public Task AddAsync(IReadOnlyList<string> paths, CancellationToken cancellationToken) => fileSystem.WarmAsync(_job, paths, cancellationToken);

    public Task<WarmProgress> EndAsync(CancellationToken cancellationToken) => ObjectFileSystem.EndWarmingAsync(_job, cancellationToken);

    public void Dispose() => _job.Dispose();
}
