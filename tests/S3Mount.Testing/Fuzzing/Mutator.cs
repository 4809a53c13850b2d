using System.Buffers.Binary;
using System.Globalization;
using System.Text;

namespace S3Mount.Testing.Fuzzing;

/// <summary>Changes inputs as a broken or hostile peer would: bits, numbers, pieces lost, doubled, moved, and words that mean something.</summary>
internal sealed class Mutator(Random random, IReadOnlyList<byte[]> tokens, int maxLength)
{
    private static readonly long[] _numbers =
    [
        0, 1, -1, 2, 127, 128, 255, 256, 4095, 4096, 4097, 32767, 32768, 65535, 65536, int.MaxValue, int.MinValue, uint.MaxValue, 1L << 32,
        1L << 40, long.MaxValue, long.MaxValue - 1, long.MaxValue - 4095, long.MinValue, long.MinValue + 1,
    ];

    private static readonly byte[][] _digits = [.. _numbers.Select(number => Encoding.ASCII.GetBytes(number.ToString(CultureInfo.InvariantCulture))),
        "18446744073709551615"u8.ToArray(), "18446744073709551616"u8.ToArray(), "99999999999999999999999999"u8.ToArray(), "00000000000000000000001"u8.ToArray()];

    /// <summary>
    /// A changed copy of an input; now and then the beginning of one with the end of another. Most stay near to what is well-formed: what is
    /// broken in ten places is refused at the first of them.
    /// </summary>
    public byte[] Next(IReadOnlyList<byte[]> pool)
    {
        var bytes = new List<byte>(pool[random.Next(pool.Count)]);
        if (random.Next(16) == 0)
            Splice(bytes, pool[random.Next(pool.Count)]);
        do
            Change(bytes);
        while (random.Next(2) == 0);
        if (bytes.Count > maxLength)
            bytes.RemoveRange(maxLength, bytes.Count - maxLength);
        return [.. bytes];
    }

    private void Change(List<byte> bytes)
    {
        if (bytes.Count == 0)
        {
            bytes.Add((byte)random.Next(256));
            return;
        }
        switch (random.Next(11))
        {
            case 0:
                bytes[random.Next(bytes.Count)] ^= (byte)(1 << random.Next(8));
                break;
            case 1:
                bytes[random.Next(bytes.Count)] = (byte)random.Next(256);
                break;
            case 2:
                Overwrite(bytes, Binary());
                break;
            case 3:
                ReplaceNumber(bytes);
                break;
            case 4 or 5 when tokens.Count > 0:
                Insert(bytes, tokens[random.Next(tokens.Count)]);
                break;
            case 6 when tokens.Count > 0:
                Overwrite(bytes, tokens[random.Next(tokens.Count)]);
                break;
            case 7:
                (int from, int count) = Range(bytes);
                bytes.RemoveRange(from, count);
                break;
            case 8:
                (from, count) = Range(bytes);
                Insert(bytes, [.. bytes.GetRange(from, count)]);
                break;
            case 9:
                Insert(bytes, [.. Enumerable.Repeat((byte)random.Next(256), random.Next(1, 40))]);
                break;
            default:
                int kept = random.Next(bytes.Count);
                if (random.Next(4) == 0)
                    bytes.RemoveRange(kept, bytes.Count - kept);
                else
                    bytes[kept]++;
                break;
        }
    }

    // Beginning here, end there.
    private void Splice(List<byte> bytes, byte[] other)
    {
        int kept = random.Next(bytes.Count + 1);
        bytes.RemoveRange(kept, bytes.Count - kept);
        bytes.AddRange(other.AsSpan(random.Next(other.Length + 1)));
    }

    private byte[] Binary()
    {
        long number = _numbers[random.Next(_numbers.Length)] + (random.Next(3) == 0 ? random.Next(-2, 3) : 0);
        byte[] bytes = new byte[8];
        BinaryPrimitives.WriteInt64LittleEndian(bytes, number);
        return bytes[..(1 << random.Next(4))];
    }

    // A run of digits becomes another number; without digits, a number goes in.
    private void ReplaceNumber(List<byte> bytes)
    {
        int at = random.Next(bytes.Count);
        int from = bytes.FindIndex(at, IsDigit);
        byte[] digits = _digits[random.Next(_digits.Length)];
        if (from >= 0)
        {
            int to = bytes.FindIndex(from, value => !IsDigit(value));
            bytes.RemoveRange(from, (to < 0 ? bytes.Count : to) - from);
            at = from;
        }
        bytes.InsertRange(at, digits);
    }

    private void Insert(List<byte> bytes, byte[] what)
    {
        if (bytes.Count + what.Length <= maxLength)
            bytes.InsertRange(random.Next(bytes.Count + 1), what);
    }

    private void Overwrite(List<byte> bytes, byte[] what)
    {
        int at = random.Next(bytes.Count);
        for (int i = 0; i < what.Length && at + i < bytes.Count; i++)
            bytes[at + i] = what[i];
    }

    // Short ones as a rule.
    private (int From, int Count) Range(List<byte> bytes)
    {
        int from = random.Next(bytes.Count);
        int most = random.Next(3) == 0 ? bytes.Count - from : Math.Min(16, bytes.Count - from);
        return (from, random.Next(1, most + 1));
    }

    private static bool IsDigit(byte value) => value is >= (byte)'0' and <= (byte)'9';
}
