using System.Diagnostics;

namespace S3Mount.Benchmarks.Clients;

/// <summary>Every directory and file below a root, with a stat of each file, as os.walk and find do.</summary>
internal sealed class WalkClient(Workload workload) : IReadClient
{
    public Task<ClientResult> RunAsync()
    {
        long files = 0, bytes = 0;
        long start = Stopwatch.GetTimestamp();
        foreach (FileInfo file in new DirectoryInfo(Path.Combine(workload.Root, workload.Prefix)).EnumerateFiles("*", SearchOption.AllDirectories))
        {
            files++;
            bytes += file.Length;
        }
        return Task.FromResult(new ClientResult(Stopwatch.GetElapsedTime(start).TotalSeconds, files, bytes));
    }
}
