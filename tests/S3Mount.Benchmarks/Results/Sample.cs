using S3Mount.Benchmarks.Clients;
using S3Mount.Benchmarks.Contenders;

namespace S3Mount.Benchmarks.Results;

/// <summary>One measurement: what the client saw, what the mount's process used and what the store was asked meanwhile.</summary>
/// <param name="Mount">CPU and reads of this pass alone, the peak of memory since the mount began; nothing where there is no mount.</param>
/// <param name="StoreCpu">Seconds.</param>
internal readonly record struct Sample(ClientResult Client, ProcessUsage Mount, double StoreCpu, StoreCounts Store)
{
    /// <summary>Of the machine's processors while the pass ran.</summary>
    public double StoreShare => StoreCpu / (Client.Seconds * Environment.ProcessorCount);

    /// <summary>Bytes that the store sent for each byte that was read.</summary>
    public double FetchedPerByte => Client.Bytes == 0 ? 0 : (double)Store.Bytes / Client.Bytes;
}
