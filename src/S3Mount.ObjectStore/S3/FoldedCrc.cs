using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace S3Mount.ObjectStore.S3;

/// <summary>
/// The cyclic redundancy checks that S3 offers and no processor computes by itself (<see cref="Crc32C"/> is the one that they do), all
/// of which take the lowest bit of a byte first. Any thread.
/// <para>
/// Bit i of a word stands for x^(63-i). A word times another, without carries, is then the product times x. A message of 128
/// bits can be moved on by n bits by multiplying its halves with x^(n+63) and x^(n-1), each modulo the polynomial: so 64 bytes
/// are folded into the next 64 with eight multiplications. A check of 32 bits is one of 64 with the polynomial times x^32.
/// </para>
/// </summary>
internal sealed class FoldedCrc
{
    // Four lanes keep the multiplier busy: the result of one multiplication is there some six cycles after it has begun.
    private const int Lanes = 4;

    private const int LaneLength = 16;

    // Eight bytes a step, each through its own table.
    private const int Tables = 8;

    private readonly ulong _ones;
    private readonly ulong[] _tables = new ulong[Tables * 256];
    private readonly Vector128<ulong> _foldLane;
    private readonly Vector128<ulong> _foldAll;

    private FoldedCrc(ulong polynomial, ulong ones)
    {
        _ones = ones;
        FillTables(polynomial);
        _foldLane = Vector128.Create(Power(polynomial, (8 * LaneLength) + 63), Power(polynomial, (8 * LaneLength) - 1));
        _foldAll = Vector128.Create(Power(polynomial, (8 * Lanes * LaneLength) + 63), Power(polynomial, (8 * Lanes * LaneLength) - 1));
    }

    /// <summary>CRC-32 (ISO 3309; RFC 1952, section 8).</summary>
    public static FoldedCrc Crc32 { get; } = new(0xEDB88320, uint.MaxValue);

    /// <summary>CRC-64/NVME (NVM Command Set Specification 1.0, "64b CRC Definition").</summary>
    public static FoldedCrc Crc64Nvme { get; } = new(0x9A6C9329AC4BC9B5, ulong.MaxValue);

    /// <summary>The check of all these bytes; one of 32 bits is in the lower half.</summary>
    public ulong Compute(ReadOnlySpan<byte> bytes)
    {
        ulong register = _ones;
        if (Pclmulqdq.IsSupported && bytes.Length >= 2 * Lanes * LaneLength)
            register = Fold(register, ref bytes);
        return AppendByTables(register, bytes) ^ _ones;
    }

    /// <summary>The same where the processor cannot multiply without carries.</summary>
    internal ulong ComputeByTables(ReadOnlySpan<byte> bytes) => AppendByTables(_ones, bytes) ^ _ones;

    // Leaves less than a lane.
    private ulong Fold(ulong register, ref ReadOnlySpan<byte> bytes)
    {
        ReadOnlySpan<Vector128<ulong>> lanes = MemoryMarshal.Cast<byte, Vector128<ulong>>(bytes);
        bytes = bytes[(lanes.Length * LaneLength)..];
        Vector128<ulong> a = lanes[0] ^ Vector128.CreateScalar(register), b = lanes[1], c = lanes[2], d = lanes[3];
        lanes = lanes[Lanes..];
        for (; lanes.Length >= Lanes; lanes = lanes[Lanes..])
        {
            a = Multiply(a, _foldAll) ^ lanes[0];
            b = Multiply(b, _foldAll) ^ lanes[1];
            c = Multiply(c, _foldAll) ^ lanes[2];
            d = Multiply(d, _foldAll) ^ lanes[3];
        }
        a = Multiply(Multiply(Multiply(a, _foldLane) ^ b, _foldLane) ^ c, _foldLane) ^ d;
        foreach (Vector128<ulong> lane in lanes)
            a = Multiply(a, _foldLane) ^ lane;
        Span<byte> rest = stackalloc byte[LaneLength];
        a.AsByte().CopyTo(rest);
        return AppendByTables(0, rest);
    }

    private static Vector128<ulong> Multiply(Vector128<ulong> message, Vector128<ulong> powers) =>
        Pclmulqdq.CarrylessMultiply(message, powers, 0x00) ^ Pclmulqdq.CarrylessMultiply(message, powers, 0x11);

    private ulong AppendByTables(ulong register, ReadOnlySpan<byte> bytes)
    {
        ReadOnlySpan<ulong> tables = _tables;
        for (; bytes.Length >= sizeof(ulong); bytes = bytes[sizeof(ulong)..])
        {
            ulong word = register ^ BinaryPrimitives.ReadUInt64LittleEndian(bytes);
            register = 0;
            for (int table = Tables - 1; table >= 0; table--, word >>= 8)
                register ^= tables[(table * 256) + (int)(word & 0xff)];
        }
        foreach (byte one in bytes)
            register = (register >> 8) ^ tables[(int)((register ^ one) & 0xff)];
        return register;
    }

    // What a byte becomes, for the table n after n bytes of zeros more.
    private void FillTables(ulong polynomial)
    {
        for (int i = 0; i < _tables.Length; i++)
        {
            ulong before = i < 256 ? (ulong)i : _tables[i - 256];
            _tables[i] = i < 256 ? Times(polynomial, before, 8) : (before >> 8) ^ _tables[before & 0xff];
        }
    }

    private static ulong Power(ulong polynomial, int exponent) => Times(polynomial, 1ul << 63, exponent);

    private static ulong Times(ulong polynomial, ulong word, int exponent)
    {
        for (; exponent > 0; exponent--)
            word = (word >> 1) ^ ((word & 1) != 0 ? polynomial : 0);
        return word;
    }
}
