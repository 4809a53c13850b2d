using System.Diagnostics;
using S3Mount.Benchmarks.Clients;

namespace S3Mount.Benchmarks.Bare;

/// <summary>Object after object: the time from the request to the first bytes of the body. The rest is read off the clock.</summary>
internal sealed class BareFirstByteClient(BareHttp http, Workload workload) : IReadClient
{
    private readonly ReadRange[] _reads = ReadRange.ReadPlan(workload.Plan);

    public async Task<ClientResult> RunAsync()
    {
        byte[] buffer = new byte[1 << 20];
        long[] latencies = new long[_reads.Length];
        long bytes = 0;
        long start = Stopwatch.GetTimestamp();
        for (int i = 0; i < _reads.Length; i++)
        {
            long asked = Stopwatch.GetTimestamp();
            using HttpResponseMessage response = await http.SendAsync(_reads[i].Key, null);
            await using Stream body = await response.Content.ReadAsStreamAsync();
            bytes += await body.ReadAsync(buffer.AsMemory(0, FirstByteClient.FirstRead));
            latencies[i] = Stopwatch.GetTimestamp() - asked;
            while (await body.ReadAsync(buffer) is > 0 and int read)
                bytes += read;
        }
        return new ClientResult(Stopwatch.GetElapsedTime(start).TotalSeconds, _reads.Length, bytes).WithMedian(latencies);
    }
}
