using System.Diagnostics;

namespace S3Mount.Benchmarks.Clients;

/// <summary>Ranges of files that all threads share and that stay open, each by one pread(2); as an indexed record file is read.</summary>
internal sealed class RecordsClient : IReadClient
{
    private readonly Workload _workload;
    private readonly ReadRange[] _reads;
    private readonly Dictionary<string, int> _files;

    public RecordsClient(Workload workload)
    {
        _workload = workload;
        _reads = ReadRange.ReadPlan(workload.Plan);
        _files = _reads.Select(read => read.Key).Distinct().ToDictionary(key => key, key => Posix.Open(Posix.Path(workload.Root, key)));
    }

    public async Task<ClientResult> RunAsync()
    {
        long[] latencies = new long[_reads.Length];
        int largest = (int)_reads.Max(read => read.Length);
        ClientResult result = await ReaderTeam.RunAsync(_workload.Threads, _reads.Length, largest, (index, buffer) =>
        {
            ReadRange read = _reads[index];
            long start = Stopwatch.GetTimestamp();
            Posix.PReadExactly(_files[read.Key], buffer[..(int)read.Length], read.Offset);
            latencies[index] = Stopwatch.GetTimestamp() - start;
            return read.Length;
        });
        return result.WithMedian(latencies);
    }
}
