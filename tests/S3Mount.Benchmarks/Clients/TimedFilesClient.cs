using System.Diagnostics;

namespace S3Mount.Benchmarks.Clients;

/// <summary>Whole files in the order of the plan, each of them timed; one that cannot be read is counted, and the next one is read.</summary>
internal sealed class TimedFilesClient : IReadClient
{
    private readonly Workload _workload;
    private readonly byte[][] _paths;

    public TimedFilesClient(Workload workload)
    {
        _workload = workload;
        _paths = [.. ReadRange.ReadPlan(workload.Plan).Select(read => Posix.Path(workload.Root, read.Key))];
    }

    public async Task<ClientResult> RunAsync()
    {
        long[] ended = new long[_paths.Length];
        long[] took = new long[_paths.Length];
        ClientResult result = await ReaderTeam.RunAsync(_workload.Threads, _paths.Length, _workload.ReadSize, (index, buffer) =>
        {
            long start = Stopwatch.GetTimestamp();
            long? length = TryRead(_paths[index], buffer);
            if (length is null)
                return 0;
            ended[index] = ReadTimes.Now;
            took[index] = (long)Stopwatch.GetElapsedTime(start).TotalMicroseconds;
            return length.Value;
        });
        bool[] isRead = [.. ended.Select(time => time > 0)];
        return result with { Times = new ReadTimes([.. ended.Where((_, i) => isRead[i])], [.. took.Where((_, i) => isRead[i])], isRead.Count(read => !read)) };
    }

    private static long? TryRead(byte[] path, Span<byte> buffer)
    {
        int file = -1;
        try
        {
            file = Posix.Open(path);
            long size = Posix.Size(file);
            long total = 0;
            while (Posix.Read(file, buffer) is > 0 and int length)
                total += length;
            return total == size ? total : throw new IOException($"{total} bytes of a file of {size}");
        }
        catch (IOException)
        {
            // It is counted.
            return null;
        }
        finally
        {
            if (file >= 0)
                Posix.Close(file);
        }
    }
}
