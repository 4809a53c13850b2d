using System.Collections.Concurrent;
using System.Diagnostics;
using S3Mount.Benchmarks.Clients;

namespace S3Mount.Benchmarks.Bare;

/// <summary>Every directory below a prefix, each as soon as it is known, over so many connections at once; keys are counted, not kept.</summary>
internal sealed class BareTreeClient(BareHttp http, Workload workload) : IReadClient
{
    public async Task<ClientResult> RunAsync()
    {
        var waiting = new ConcurrentQueue<string>([workload.Prefix]);
        using var ready = new SemaphoreSlim(1);
        (long keys, int directories, int open) = (0, 0, 1);
        long start = Stopwatch.GetTimestamp();
        await Task.WhenAll(Enumerable.Range(0, workload.Threads).Select(async _ =>
        {
            var buffer = new ByteBuffer();
            while (true)
            {
                await ready.WaitAsync();
                if (!waiting.TryDequeue(out string? prefix))
                    return;
                Interlocked.Add(ref keys, await ListAsync(prefix, buffer, found =>
                {
                    Interlocked.Add(ref open, found.Count);
                    Interlocked.Add(ref directories, found.Count);
                    found.ForEach(waiting.Enqueue);
                    if (found.Count > 0)
                        ready.Release(found.Count);
                }));
                // Who finds nothing in the queue goes.
                if (Interlocked.Decrement(ref open) == 0)
                    ready.Release(workload.Threads);
            }
        }));
        return new ClientResult(Stopwatch.GetElapsedTime(start).TotalSeconds, keys, 0, Directories: directories);
    }

    private async Task<long> ListAsync(string prefix, ByteBuffer buffer, Action<List<string>> onDirectories)
    {
        string query = $"{BarePage.Query}{Uri.EscapeDataString(prefix)}&delimiter=%2F";
        long keys = 0;
        for (string? token = ""; token is not null; token = Take(await http.GetBytesAsync(query + token, buffer)))
        {
            // Each round is one page.
        }
        return keys;

        string? Take(int length)
        {
            ReadOnlySpan<byte> page = buffer.First(length);
            keys += BarePage.CountKeys(page);
            onDirectories(BarePage.CommonPrefixes(page));
            return BarePage.Continuation(page);
        }
    }
}
