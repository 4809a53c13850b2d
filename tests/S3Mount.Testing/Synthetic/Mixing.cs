using System.Buffers.Binary;

namespace S3Mount.Testing.Synthetic;

/// <summary>Numbers that look random and are the same at every run. Not for anything that must stay secret.</summary>
internal static class Mixing
{
    // Odd constants with bits all over; 2^64 divided by the golden ratio, and one of MurmurHash's.
    private const ulong Golden = 0x9E3779B97F4A7C15;
    private const ulong Odd = 0xFF51AFD7ED558CCD;

    public static ulong Mix(ulong value)
    {
        value += Golden;
        value = (value ^ (value >> 30)) * 0xBF58476D1CE4E5B9;
        value = (value ^ (value >> 27)) * 0x94D049BB133111EB;
        return value ^ (value >> 31);
    }

    public static int Below(int limit, long seed) => (int)((Mix((ulong)seed) >> 32) * (uint)limit >> 32);

    public static ulong Hash(ReadOnlySpan<byte> bytes)
    {
        ulong hash = (ulong)bytes.Length * Golden;
        for (; bytes.Length >= sizeof(ulong); bytes = bytes[sizeof(ulong)..])
            hash = Step(hash, BinaryPrimitives.ReadUInt64LittleEndian(bytes));
        ulong rest = 0;
        foreach (byte b in bytes)
            rest = (rest << 8) | b;
        return Mix(Step(hash, rest));
    }

    private static ulong Step(ulong hash, ulong word)
    {
        hash = (hash ^ word) * Odd;
        return hash ^ (hash >> 32);
    }
}
