using S3Mount.Benchmarks.Clients;
using S3Mount.Benchmarks.Contenders;

namespace S3Mount.Benchmarks.Results;

/// <summary>One measurement: what the client saw, what the mount's process used and what the store was asked meanwhile.</summary>
/// <param name="Mount">CPU and reads of this pass alone, the peak of memory since the mount began; nothing where there is no mount.</param>
/// <param name="StoreCpu">Seconds.</param>
internal readonly record struct Sample(ClientResult Client, ProcessUsage Mount, double StoreCpu, StoreCounts Store)
{
    /// <summary>What is compared: the pass, with the mount before it where that counts; or the wait for one first byte.</summary>
    public double Seconds { get; init; } = Client.Seconds;

    /// <summary>VmRSS of the mount's process before the pass; 0 where there is none.</summary>
    public long RssBefore { get; init; }

    /// <summary>Of the bytes that were read, those that a disk cache kept; null where that was not asked for.</summary>
    public double? KeptShare { get; init; }

    /// <summary>The pass was ended before it was done.</summary>
    public bool IsPartial => Client.IsPartial;

    /// <summary>Of the mount's process; where there is none, of the bare client's.</summary>
    public double CpuSeconds => Mount.CpuSeconds + Client.CpuSeconds;

    /// <summary>Of the machine's processors while the pass ran.</summary>
    public double StoreShare => StoreCpu / (Client.Seconds * Environment.ProcessorCount);

    /// <summary>Bytes that the store sent for each byte that was read.</summary>
    public double FetchedPerByte => Client.Bytes == 0 ? 0 : (double)Store.Bytes / Client.Bytes;

    public double FilesPerSecond => Client.Files / Seconds;

    /// <summary>What the mount's process grew by in the pass, for each file.</summary>
    public double GrowthPerFile => (double)(Mount.RssBytes - RssBefore) / Client.Files;
}
