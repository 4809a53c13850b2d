using System.Numerics;
using System.Runtime.InteropServices;

namespace S3Mount.ObjectStore;

/// <summary>CRC-32C (RFC 3720, appendix B.4): every error in up to 32 bits in a row is found. Any thread.</summary>
public static class Crc32C
{
    // The processor takes three cycles for eight bytes but can begin with eight more in each: three lanes at once keep it busy.
    // A lane is long enough that joining them (eight table look-ups) does not show, and three of them fit the first-level cache.
    private const int LaneLength = 8 << 10;

    private const int LaneWords = LaneLength / sizeof(ulong);

    // What a register becomes by LaneLength bytes of zeros, for each value of each of its four bytes. The register is linear in
    // its bits, so the whole is the sum of its parts.
    private static readonly uint[] _shift = CreateShift();

    /// <summary>The checksum of all bytes so far, from that of those before; 0 of none.</summary>
    public static uint Append(uint checksum, ReadOnlySpan<byte> bytes)
    {
        uint register = ~checksum;
        ReadOnlySpan<ulong> words = MemoryMarshal.Cast<byte, ulong>(bytes);
        ReadOnlySpan<byte> rest = bytes[(words.Length * sizeof(ulong))..];
        for (; words.Length >= 3 * LaneWords; words = words[(3 * LaneWords)..])
            register = AppendLanes(register, words[..LaneWords], words.Slice(LaneWords, LaneWords), words.Slice(2 * LaneWords, LaneWords));
        foreach (ulong word in words)
            register = BitOperations.Crc32C(register, word);
        foreach (byte one in rest)
            register = BitOperations.Crc32C(register, one);
        return ~register;
    }

    private static uint AppendLanes(uint register, ReadOnlySpan<ulong> first, ReadOnlySpan<ulong> second, ReadOnlySpan<ulong> third)
    {
        uint a = register, b = 0, c = 0;
        for (int i = 0; i < first.Length && i < second.Length && i < third.Length; i++)
        {
            a = BitOperations.Crc32C(a, first[i]);
            b = BitOperations.Crc32C(b, second[i]);
            c = BitOperations.Crc32C(c, third[i]);
        }
        return Shift(Shift(a) ^ b) ^ c;
    }

    private static uint Shift(uint register) =>
        _shift[register & 0xff] ^ _shift[256 + ((register >> 8) & 0xff)] ^ _shift[512 + ((register >> 16) & 0xff)] ^ _shift[768 + (register >> 24)];

    private static uint[] CreateShift()
    {
        var bits = new uint[32];
        for (int bit = 0; bit < bits.Length; bit++)
        {
            uint register = 1u << bit;
            for (int word = 0; word < LaneWords; word++)
                register = BitOperations.Crc32C(register, 0ul);
            bits[bit] = register;
        }
        var shift = new uint[4 * 256];
        for (int i = 0; i < shift.Length; i++)
        {
            for (int bit = 0; bit < 8; bit++)
            {
                if ((i & (1 << bit)) != 0)
                    shift[i] ^= bits[((i >> 8) * 8) + bit];
            }
        }
        return shift;
    }
}
