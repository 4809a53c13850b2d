using S3Mount.Testing;

namespace S3Mount.Benchmarks.Clients;

/// <summary>
/// Reads what a measured pass reads, with the same threads and the same read size, and compares every byte with what was put
/// into the store: the ramp of the object's seed, or the file of the reference tree.
/// </summary>
internal sealed class VerifyClient(Workload workload) : IReadClient
{
    private readonly ReadRange[] _reads = ReadRange.ReadPlan(workload.Plan);

    public Task<ClientResult> RunAsync() =>
        ReaderTeam.RunAsync(workload.Threads, _reads.Length, 2 * workload.ReadSize, (index, buffer) => Verify(_reads[index], buffer[..workload.ReadSize], buffer[workload.ReadSize..]));

    private long Verify(ReadRange read, Span<byte> buffer, Span<byte> expected)
    {
        int file = Posix.Open(Posix.Path(workload.Root, read.Key));
        int reference = read.Seed == ReadRange.OfFile ? Posix.Open(Posix.Path(workload.Reference, read.Key)) : -1;
        long end = read.Offset + read.Length;
        for (long offset = read.Offset; offset < end;)
        {
            int length = Posix.PRead(file, buffer[..(int)Math.Min(buffer.Length, end - offset)], offset);
            if (length == 0)
                throw new EndOfStreamException($"{read.Key} ends at {offset}");
            Span<byte> bytes = buffer[..length];
            long wrong = reference < 0 ? Ramp.FirstDifference(bytes, offset, read.Seed) : FirstDifference(bytes, reference, offset, expected[..length]);
            if (wrong >= 0)
                throw new InvalidDataException($"{read.Key} is wrong at {offset + wrong}");
            offset += length;
        }
        if (reference >= 0)
            Posix.Close(reference);
        Posix.Close(file);
        return read.Length;
    }

    private static long FirstDifference(ReadOnlySpan<byte> bytes, int reference, long offset, Span<byte> expected)
    {
        Posix.PReadExactly(reference, expected, offset);
        int same = bytes.CommonPrefixLength(expected);
        return same == bytes.Length ? -1 : same;
    }
}
