using S3Mount.Benchmarks.Clients;
using S3Mount.Benchmarks.Datasets;
using S3Mount.Benchmarks.Epochs;

namespace S3Mount.Benchmarks;

/// <summary>The directories of one run; gone when disposed.</summary>
internal sealed class Site : IDisposable
{
    public Site()
    {
        Scratch = Directory.CreateTempSubdirectory("s3mount-bench-").FullName;
        Reference = new ReferenceTree(Path.GetFileName(Scratch));
        Mountpoint = Directory.CreateDirectory(Path.Combine(Scratch, "mnt")).FullName;
        ImageMountpoint = Directory.CreateDirectory(Path.Combine(Scratch, "alone", EpochImages.Directory)).FullName;
        WarmUpPlan = WritePlan(Objects.WarmUp.Select(o => o.Whole));
    }

    /// <summary>Plans, the mountpoint and the peers' caches.</summary>
    public string Scratch { get; }

    public string Mountpoint { get; }

    /// <summary>Where the images of an epoch are mounted alone: in a directory where their keys are their paths.</summary>
    public string ImageMountpoint { get; }

    public ReferenceTree Reference { get; }

    public string WarmUpPlan { get; }

    public string WritePlan(IEnumerable<ReadRange> reads)
    {
        string path = Path.Combine(Scratch, "plan-" + Path.GetRandomFileName());
        ReadRange.WritePlan(path, reads);
        return path;
    }

    public string NewCache() => Directory.CreateDirectory(Path.Combine(Scratch, "cache-" + Path.GetRandomFileName())).FullName;

    public void Dispose()
    {
        Reference.Dispose();
        // Only an empty directory: what is still mounted there is not ours to delete.
        Directory.Delete(Mountpoint);
        Directory.Delete(ImageMountpoint);
        Directory.Delete(Scratch, recursive: true);
    }
}
