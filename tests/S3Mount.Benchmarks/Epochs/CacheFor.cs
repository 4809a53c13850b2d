namespace S3Mount.Benchmarks.Epochs;

/// <summary>A directory for a disk cache that outlives mounts; gone with what is in it when disposed.</summary>
internal sealed class CacheFor(Site site) : IDisposable
{
    public string Path { get; } = site.NewCache();

    /// <summary>For s3mount.</summary>
    public string[] Options => ["--cache", Path];

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
