namespace S3Mount.Testing.Objects;

/// <summary>A cyclic redundancy check of up to 64 bits, lowest bit first, that begins and ends inverted. Immutable; any thread.</summary>
internal sealed class ReflectedCrc
{
    private readonly ulong[] _table = new ulong[256];
    private readonly ulong _mask;
    private readonly int _bytes;

    private ReflectedCrc(ulong polynomial, int bits)
    {
        _mask = ulong.MaxValue >> (64 - bits);
        _bytes = bits / 8;
        for (uint i = 0; i < _table.Length; i++)
        {
            ulong value = i;
            for (int bit = 0; bit < 8; bit++)
                value = (value & 1) == 0 ? value >> 1 : (value >> 1) ^ polynomial;
            _table[i] = value;
        }
    }

    // Polynomials with their lowest coefficient in the highest bit: ISO 3309; RFC 3720, appendix B.4; NVM Express NVM Command Set, 5.2.1.3.4.
    public static ReflectedCrc Crc32 { get; } = new(0xEDB88320, 32);

    public static ReflectedCrc Crc32C { get; } = new(0x82F63B78, 32);

    public static ReflectedCrc Crc64Nvme { get; } = new(0x9A6C9329AC4BC9B5, 64);

    /// <summary>The state before the first byte.</summary>
    public ulong Start => _mask;

    public ulong Add(ulong state, ReadOnlySpan<byte> bytes)
    {
        foreach (byte next in bytes)
            state = _table[(byte)(state ^ next)] ^ (state >> 8);
        return state;
    }

    /// <summary>Highest byte first.</summary>
    public byte[] Finish(ulong state)
    {
        ulong value = state ^ _mask;
        byte[] result = new byte[_bytes];
        for (int i = _bytes - 1; i >= 0; i--, value >>= 8)
            result[i] = (byte)value;
        return result;
    }
}
