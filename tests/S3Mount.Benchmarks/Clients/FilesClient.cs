namespace S3Mount.Benchmarks.Clients;

/// <summary>Whole files in the order of the plan: open, fstat, read to the end, close.</summary>
internal sealed class FilesClient : IReadClient
{
    private readonly Workload _workload;
    private readonly byte[][] _paths;

    public FilesClient(Workload workload)
    {
        _workload = workload;
        _paths = [.. ReadRange.ReadPlan(workload.Plan).Select(read => Posix.Path(workload.Root, read.Key))];
    }

    public unsafe Task<ClientResult> RunAsync()
    {
        int readSize = _workload.ReadSize;
        (double seconds, long bytes) = ReaderTeam.Run(_workload.Threads, _paths.Length, readSize, (index, buffer) => Read(_paths[index], buffer, readSize));
        return Task.FromResult(new ClientResult(seconds, _paths.Length, bytes));
    }

    private static unsafe long Read(byte[] path, byte* buffer, int readSize)
    {
        int file = Posix.Open(path);
        long size = Posix.Size(file);
        long total = 0;
        while (Posix.Read(file, buffer, readSize) is > 0 and int length)
            total += length;
        Posix.Close(file);
        return total == size ? total : throw new IOException($"{total} bytes of a file of {size}");
    }
}
