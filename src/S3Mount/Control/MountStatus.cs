using S3Mount.FileSystem.Caching.Disk;
using S3Mount.FileSystem.Reading;
using S3Mount.FileSystem.SavedListings;
using S3Mount.FileSystem.Warming;
using S3Mount.ObjectStore;
using S3Mount.Telemetry;

namespace S3Mount.Control;

/// <summary>What <c>GET /v1/status</c> answers: how a mount does. Sizes are bytes, counts are since the mount began.</summary>
internal sealed record MountStatus
{
    public required string Version { get; init; }

    public required int Pid { get; init; }

    /// <summary><c>s3://BUCKET/PREFIX/</c>, or the file that names the datasets.</summary>
    public required string Source { get; init; }

    /// <summary>Where the daemon has mounted it.</summary>
    public required string Mountpoint { get; init; }

    public required DateTimeOffset Since { get; init; }

    /// <summary>The options of the mount that are not what they are without being named, and what <c>--metadata-ttl</c> comes to.</summary>
    public IReadOnlyDictionary<string, string>? Options { get; init; }

    /// <summary>What goes on now.</summary>
    public ThroughputFigures? Throughput { get; init; }

    public required MemoryPart Memory { get; init; }

    public required FilesPart Files { get; init; }

    public required KernelPart Kernel { get; init; }

    public required StorePart Store { get; init; }

    /// <summary>Of a mount that keeps its listings; absent: it does not.</summary>
    public SavedListingsStatus? SavedListings { get; init; }

    /// <summary>Of a mount with a disk cache.</summary>
    public DiskCacheStatistics? Cache { get; init; }

    /// <summary>Of a mount that brings all of its files to its disk cache by itself.</summary>
    public HydrationStatus? Hydration { get; init; }

    /// <summary>READs, by where their bytes were.</summary>
    public ReadsPart? Reads { get; init; }

    /// <summary>Files that are read in order, or waited for, just now.</summary>
    public FilesBeingRead? BeingRead { get; init; }

    /// <summary>Who reads: the latest <see cref="ReaderTally.Most"/> threads that asked for anything.</summary>
    public IReadOnlyList<ReaderFigures>? Readers { get; init; }

    public ProcessPart? Process { get; init; }

    /// <summary>How long things took, what failed, what was waited for.</summary>
    public FiguresPart? Figures { get; init; }

    /// <summary>Of a mount that was told prices.</summary>
    public CostFigures? Cost { get; init; }

    /// <summary>Of a mount that shows several, each for itself; what is said of the mount is of all of them together.</summary>
    public IReadOnlyList<DatasetStatus>? Datasets { get; init; }

    /// <summary>The last warning or error of the log; absent: none yet.</summary>
    public FailurePart? LastFailure { get; init; }

    /// <param name="Used">By blocks and readahead.</param>
    /// <param name="Budget">What <c>--memory</c> allows them.</param>
    /// <param name="Process">Resident, all of the daemon.</param>
    internal sealed record MemoryPart(long Used, long Budget, long Process);

    /// <param name="Inodes">Known to the kernel.</param>
    /// <param name="Listings">Listings, and answers to single lookups, that are kept.</param>
    /// <param name="ListingBytes">What these take.</param>
    /// <param name="HiddenKeys">Listed, but no path can name them.</param>
    internal sealed record FilesPart(long Inodes, long Listings, long ListingBytes, long HiddenKeys);

    /// <param name="InFlight">Requests that are not answered yet.</param>
    /// <param name="Late">Requests that had waited for <c>--io-deadline</c> and were answered with EIO.</param>
    /// <param name="Overdue">Requests that did not end when they should have. There must be none.</param>
    /// <param name="Operations">Requests by operation.</param>
    internal sealed record KernelPart(long Requests, long InFlight, long Late, long Overdue, IReadOnlyDictionary<string, long> Operations)
    {
        /// <summary>Seconds that those which wait have waited so far, all together.</summary>
        public double WaitingSeconds { get; init; }

        /// <summary>Seconds that the one has waited which has waited longest.</summary>
        public double LongestWaiting { get; init; }
    }

    /// <param name="CpuSeconds">Processor time that the daemon has used.</param>
    /// <param name="Processors">That it may use.</param>
    internal sealed record ProcessPart(double CpuSeconds, int Processors);

    /// <param name="Gets">Requests, repeated ones included.</param>
    /// <param name="Retries">How many of all requests were repetitions.</param>
    internal sealed record StorePart(long Gets, long Heads, long Lists, long Retries, long BytesRead)
    {
        /// <summary>Requests that it may be sent at once (<c>--max-connections</c>).</summary>
        public int Connections { get; init; }

        /// <summary>What trouble it gave.</summary>
        public ObjectStoreHealth? Health { get; init; }

        public static StorePart Of(IStoreFigures store)
        {
            ObjectStoreStatistics counts = store.Statistics;
            return new StorePart(counts.Gets, counts.Heads, counts.Lists, counts.Retries, counts.BytesRead) { Health = store.Health, Connections = store.MaxConnections };
        }
    }

    /// <param name="MemoryReads">READs of which every byte was in memory when they came. What the kernel's page cache answers, the daemon does not see.</param>
    /// <param name="FetchedReads">READs that waited for the disk cache or the store.</param>
    internal sealed record ReadsPart(long MemoryReads, long MemoryBytes, long FetchedReads, long FetchedBytes)
    {
        /// <summary>READs that had the first byte of a file: how often somebody began to read one.</summary>
        public long Files { get; init; }

        public static ReadsPart Of(ReadStatistics reads) => new(reads.MemoryReads, reads.MemoryBytes, reads.FetchedReads, reads.FetchedBytes);
    }

    internal sealed record FailurePart(DateTimeOffset Time, string Message);
}
