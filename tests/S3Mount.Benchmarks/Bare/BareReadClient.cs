using System.Diagnostics;
using System.Net.Http.Headers;
using S3Mount.Benchmarks.Clients;

namespace S3Mount.Benchmarks.Bare;

/// <summary>The bytes of a plan over so many connections at once; large files in parts.</summary>
internal sealed class BareReadClient : IReadClient
{
    // As large as the largest parts of s3mount, so that both ask for the same ranges.
    private const long Part = 8 << 20;

    private readonly BareHttp _http;
    private readonly Workload _workload;
    private readonly int _files;
    private readonly (string Key, RangeHeaderValue? Range)[] _reads;

    public BareReadClient(BareHttp http, Workload workload)
    {
        (_http, _workload) = (http, workload);
        ReadRange[] plan = ReadRange.ReadPlan(workload.Plan);
        _files = plan.Length;
        bool isWhole = workload.Kind != WorkloadKind.Records;
        _reads = [.. plan.SelectMany(read => isWhole && read.Length <= Part ? [(read.Key, null)] : Parts(read))];
    }

    public async Task<ClientResult> RunAsync()
    {
        int next = -1;
        long bytes = 0;
        long[] latencies = new long[_reads.Length];
        long start = Stopwatch.GetTimestamp();
        await Task.WhenAll(Enumerable.Range(0, _workload.Threads).Select(async _ =>
        {
            byte[] buffer = new byte[1 << 20];
            for (int i = Interlocked.Increment(ref next); i < _reads.Length; i = Interlocked.Increment(ref next))
            {
                long asked = Stopwatch.GetTimestamp();
                Interlocked.Add(ref bytes, await _http.ReadAsync(_reads[i].Key, _reads[i].Range, buffer));
                latencies[i] = Stopwatch.GetTimestamp() - asked;
            }
        }));
        var result = new ClientResult(Stopwatch.GetElapsedTime(start).TotalSeconds, _files, bytes);
        return _workload.Kind == WorkloadKind.Records ? result.WithMedian(latencies) : result;
    }

    private static IEnumerable<(string Key, RangeHeaderValue? Range)> Parts(ReadRange read)
    {
        long end = read.Offset + read.Length;
        for (long from = read.Offset; from < end; from += Part)
            yield return (read.Key, new RangeHeaderValue(from, Math.Min(from + Part, end) - 1));
    }
}
