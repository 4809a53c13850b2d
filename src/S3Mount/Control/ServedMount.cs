using S3Mount.Configuration;
using S3Mount.FileSystem;
using S3Mount.Fuse.Mounting;
using S3Mount.Fuse.Session;
using S3Mount.Logging;
using S3Mount.ObjectStore;
using S3Mount.ObjectStore.S3;
using S3Mount.Telemetry;

namespace S3Mount.Control;

/// <summary>A mount that is served, as its control socket sees it. Owns nothing.</summary>
internal sealed record ServedMount(MountSettings Settings, FuseMount Mount, FuseSession Session, ObjectFileSystem FileSystem, S3ObjectStore Store, LastFailure LastFailure, DateTimeOffset Since, MountTelemetry Telemetry, ThroughputMeter Throughput)
{
    /// <summary>Any thread; waits for nothing.</summary>
    public MountStatus GetStatus()
    {
        ObjectFileSystemStatistics files = FileSystem.Statistics;
        ObjectStoreStatistics store = Store.Statistics;
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
            Store = new(store.Gets, store.Heads, store.Lists, store.Retries, store.BytesRead) { Health = Store.Health, Connections = Settings.MaxConnections },
            SavedListings = files.SavedListings,
            Cache = files.DiskCache,
            Hydration = files.Hydration,
            Reads = files.Reads is { } reads ? new(reads.MemoryReads, reads.MemoryBytes, reads.FetchedReads, reads.FetchedBytes) { Files = Telemetry.Kernel.Readers.FilesBegun } : null,
            BeingRead = files.BeingRead,
            Readers = Telemetry.Kernel.Readers.Read(waiting.ByPid),
            Process = new(Environment.CpuUsage.TotalTime.TotalSeconds, Environment.ProcessorCount),
            Figures = files.Reads is { } waited ? Telemetry.ToFigures(waited) : null,
            Cost = Settings.Prices?.CostOf(store),
            LastFailure = LastFailure.Find() is { } failure ? new(failure.Time, failure.Message) : null,
        };
    }
}
