namespace S3Mount.Benchmarks.Clients;

/// <summary>Whole files in the order of the plan: open, fstat, read to the end, close; or a fresh mapping of each, copied from its beginning to its end.</summary>
internal sealed class FilesClient : IReadClient
{
    private readonly Workload _workload;
    private readonly byte[][] _paths;

    public FilesClient(Workload workload)
    {
        _workload = workload;
        _paths = [.. ReadRange.ReadPlan(workload.Plan).Select(read => Posix.Path(workload.Root, read.Key))];
    }

    public Task<ClientResult> RunAsync()
    {
        bool isMapped = _workload.Kind == WorkloadKind.Map;
        return ReaderTeam.RunAsync(_workload.Threads, _paths.Length, _workload.ReadSize, (index, buffer) => Read(_paths[index], buffer, isMapped));
    }

    private static long Read(byte[] path, Span<byte> buffer, bool isMapped)
    {
        int file = Posix.Open(path);
        long size = Posix.Size(file);
        long total = isMapped ? CopyMapping(file, size, buffer) : ReadToEnd(file, buffer);
        Posix.Close(file);
        return total == size ? total : throw new IOException($"{total} bytes of a file of {size}");
    }

    private static long ReadToEnd(int file, Span<byte> buffer)
    {
        long total = 0;
        while (Posix.Read(file, buffer) is > 0 and int length)
            total += length;
        return total;
    }

    private static unsafe long CopyMapping(int file, long size, Span<byte> buffer)
    {
        byte* start = Posix.Map(file, size);
        long offset = 0;
        for (int length; offset < size; offset += length)
        {
            length = (int)Math.Min(buffer.Length, size - offset);
            new ReadOnlySpan<byte>(start + offset, length).CopyTo(buffer);
        }
        Posix.Unmap(start, size);
        return offset;
    }
}
