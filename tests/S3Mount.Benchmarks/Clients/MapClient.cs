namespace S3Mount.Benchmarks.Clients;

/// <summary>Maps each file and copies it out of the mapping from its beginning to its end; a fresh mapping each pass.</summary>
internal sealed class MapClient : IReadClient
{
    private readonly Workload _workload;
    private readonly byte[][] _paths;

    public MapClient(Workload workload)
    {
        _workload = workload;
        _paths = [.. ReadRange.ReadPlan(workload.Plan).Select(read => Posix.Path(workload.Root, read.Key))];
    }

    public unsafe Task<ClientResult> RunAsync()
    {
        int piece = _workload.ReadSize;
        (double seconds, long bytes) = ReaderTeam.Run(_workload.Threads, _paths.Length, piece, (index, buffer) => Read(_paths[index], buffer, piece));
        return Task.FromResult(new ClientResult(seconds, _paths.Length, bytes));
    }

    private static unsafe long Read(byte[] path, byte* buffer, int piece)
    {
        int file = Posix.Open(path);
        long size = Posix.Size(file);
        byte* start = Posix.Map(file, size);
        for (long offset = 0; offset < size; offset += piece)
            Buffer.MemoryCopy(start + offset, buffer, piece, Math.Min(piece, size - offset));
        Posix.Unmap(start, size);
        Posix.Close(file);
        return size;
    }
}
