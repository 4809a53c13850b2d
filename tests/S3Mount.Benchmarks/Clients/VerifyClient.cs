using S3Mount.Testing;

namespace S3Mount.Benchmarks.Clients;

/// <summary>
/// Reads what a measured pass reads, with the same threads and the same read size, and compares every byte with what was put
/// into the store: the ramp of the object's seed, or the file of the reference tree.
/// </summary>
internal sealed class VerifyClient(Workload workload) : IReadClient
{
    private readonly ReadRange[] _reads = ReadRange.ReadPlan(workload.Plan);

    public unsafe Task<ClientResult> RunAsync()
    {
        (double seconds, long bytes) = ReaderTeam.Run(workload.Threads, _reads.Length, 2 * workload.ReadSize, (index, buffer) => Verify(_reads[index], buffer));
        return Task.FromResult(new ClientResult(seconds, _reads.Length, bytes));
    }

    private unsafe long Verify(ReadRange read, byte* buffer)
    {
        int file = Posix.Open(Posix.Path(workload.Root, read.Key));
        int reference = read.Seed == ReadRange.OfFile ? Posix.Open(Posix.Path(workload.Reference, read.Key)) : -1;
        long end = read.Offset + read.Length;
        for (long offset = read.Offset; offset < end;)
        {
            int length = Posix.PRead(file, buffer, (int)Math.Min(workload.ReadSize, end - offset), offset);
            var bytes = new ReadOnlySpan<byte>(buffer, length);
            long wrong = length == 0 ? 0 : reference < 0 ? Ramp.FirstDifference(bytes, offset, read.Seed) : FirstDifference(bytes, reference, offset, buffer + workload.ReadSize);
            if (wrong >= 0)
                throw new InvalidDataException($"{read.Key} is wrong at {offset + wrong}");
            offset += length;
        }
        if (reference >= 0)
            Posix.Close(reference);
        Posix.Close(file);
        return read.Length;
    }

    private static unsafe long FirstDifference(ReadOnlySpan<byte> bytes, int reference, long offset, byte* buffer)
    {
        Posix.PReadExactly(reference, buffer, bytes.Length, offset);
        int same = bytes.CommonPrefixLength(new ReadOnlySpan<byte>(buffer, bytes.Length));
        return same == bytes.Length ? -1 : same;
    }
}
