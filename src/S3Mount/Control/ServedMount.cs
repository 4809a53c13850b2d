using S3Mount.Configuration;
using S3Mount.FileSystem;
using S3Mount.Fuse.Mounting;
using S3Mount.Fuse.Session;
using S3Mount.Hosting.Datasets;
using S3Mount.Logging;
using S3Mount.Telemetry;

namespace S3Mount.Control;

/// <summary>A mount that is served, as its control socket sees it. Owns nothing.</summary>
internal sealed record ServedMount(MountSettings Settings, FuseMount Mount, FuseSession Session, IMountedFiles FileSystem, IStoreFigures Store, LastFailure LastFailure, DateTimeOffset Since, MountTelemetry Telemetry, ThroughputMeter Throughput, MountedDatasets? Datasets = null, DatasetReload? Reload = null)
{
    /// <summary>Any thread; waits for nothing.</summary>
    public MountStatus GetStatus()
    {
        ObjectFileSystemStatistics files = FileSystem.Statistics;
        FuseStatistics kernel = Session.Statistics;
        FuseWaiting waiting = kernel.Waiting;
        return new MountStatus
        {
            Version = ProgramVersion.Text,
            Pid = Environment.ProcessId,
            Source = Settings.Url,
            Mountpoint = Mount.Mountpoint,
            Since = Since,
            Options = SettingsInEffect.Of(Settings),
            Throughput = Throughput.Now(),
            Memory = new(files.MemoryUsed, files.MemoryBudget, Environment.WorkingSet),
            Files = new(files.Inodes, files.Listings, files.ListingBytes, files.HiddenKeys),
            Kernel = new(kernel.Requests, kernel.InFlight, kernel.Late, kernel.Overdue, new Dictionary<string, long>(kernel.ByOperation()))
            {
                WaitingSeconds = waiting.Sum.TotalSeconds,
                LongestWaiting = waiting.Longest.TotalSeconds,
            },
            Store = MountStatus.StorePart.Of(Store),
            SavedListings = files.SavedListings,
            Cache = files.DiskCache,
            Hydration = files.Hydration,
            Reads = files.Reads is { } reads ? MountStatus.ReadsPart.Of(reads) with { Files = Telemetry.Kernel.Readers.FilesBegun } : null,
            BeingRead = files.BeingRead,
            Readers = Telemetry.Kernel.Readers.Read(waiting.ByPid),
            Process = new(Environment.CpuUsage.TotalTime.TotalSeconds, Environment.ProcessorCount),
            Figures = files.Reads is { } waited ? Telemetry.ToFigures(waited) : null,
            Cost = Settings.Prices?.CostOf(Store.Statistics),
            Datasets = Datasets?.Statuses,
            LastFailure = LastFailure.Find() is { } failure ? new(failure.Time, failure.Message) : null,
        };
    }
}
