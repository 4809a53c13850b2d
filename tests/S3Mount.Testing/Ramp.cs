namespace S3Mount.Testing;

/// <summary>
/// Content that tells its own offset: byte i is (i + seed) mod 251. 251 is prime, so a read that is off by a power of two, a page
/// or a block shows, and the wrong byte says by how much.
/// </summary>
public static class Ramp
{
    /// <summary>Bytes after which the content repeats.</summary>
    public const int Modulus = 251;

    // 262,044 bytes: large enough for a send, small enough to stay in the processor's second-level cache.
    private static readonly byte[] _periods = CreatePeriods(1044);

    public static byte ByteAt(long offset, int seed = 0) => (byte)Phase(offset, seed);

    /// <summary>Writes what a ramp holds from <paramref name="offset"/> on.</summary>
    public static void Fill(Span<byte> destination, long offset, int seed = 0)
    {
        int phase = Phase(offset, seed);
        while (!destination.IsEmpty)
        {
            int count = Math.Min(destination.Length, _periods.Length - phase);
            _periods.AsSpan(phase, count).CopyTo(destination);
            destination = destination[count..];
            phase = 0;
        }
    }

    /// <summary>What a ramp holds from <paramref name="offset"/> on, straight from memory: at least one byte of those asked for.</summary>
    public static ReadOnlyMemory<byte> Peek(long offset, int maxLength, int seed = 0)
    {
        int phase = Phase(offset, seed);
        return _periods.AsMemory(phase, Math.Min(maxLength, _periods.Length - phase));
    }

    /// <summary>A ramp of <paramref name="length"/> bytes from offset 0.</summary>
    public static byte[] Create(int length, int seed = 0)
    {
        byte[] bytes = GC.AllocateUninitializedArray<byte>(length);
        Fill(bytes, 0, seed);
        return bytes;
    }

    /// <summary>Index of the first byte that is not what a ramp holds from <paramref name="offset"/> on; -1 when all are.</summary>
    public static long FirstDifference(ReadOnlySpan<byte> bytes, long offset, int seed = 0)
    {
        int phase = Phase(offset, seed);
        int done = 0;
        while (done < bytes.Length)
        {
            int count = Math.Min(bytes.Length - done, _periods.Length - phase);
            int same = bytes.Slice(done, count).CommonPrefixLength(_periods.AsSpan(phase, count));
            if (same < count)
                return done + same;
            done += count;
            phase = 0;
        }
        return -1;
    }

    private static int Phase(long offset, int seed)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(offset);
        ArgumentOutOfRangeException.ThrowIfNegative(seed);
        return (int)((offset % Modulus + seed % Modulus) % Modulus);
    }

    private static byte[] CreatePeriods(int count)
    {
        byte[] bytes = new byte[count * Modulus];
        for (int i = 0; i < bytes.Length; i++)
            bytes[i] = (byte)(i % Modulus);
        return bytes;
    }
}
