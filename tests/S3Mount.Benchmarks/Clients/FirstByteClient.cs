using System.Diagnostics;

namespace S3Mount.Benchmarks.Clients;

/// <summary>File after file: the time from before open(2) to the return of a read of 4 KiB. The rest is read off the clock.</summary>
internal sealed class FirstByteClient : IReadClient
{
    public const int FirstRead = 4 << 10;

    private const int BufferSize = 1 << 20;

    private readonly byte[][] _paths;

    public FirstByteClient(Workload workload) => _paths = [.. ReadRange.ReadPlan(workload.Plan).Select(read => Posix.Path(workload.Root, read.Key))];

    public async Task<ClientResult> RunAsync()
    {
        long[] latencies = new long[_paths.Length];
        ClientResult result = await ReaderTeam.RunAsync(1, _paths.Length, BufferSize, (index, buffer) =>
        {
            long start = Stopwatch.GetTimestamp();
            int file = Posix.Open(_paths[index]);
            long total = Posix.Read(file, buffer[..FirstRead]);
            latencies[index] = Stopwatch.GetTimestamp() - start;
            while (Posix.Read(file, buffer) is > 0 and int length)
                total += length;
            Posix.Close(file);
            return total;
        });
        return result.WithMedian(latencies);
    }
}
