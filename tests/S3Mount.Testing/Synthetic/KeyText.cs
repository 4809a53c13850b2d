using System.Buffers;
using System.Buffers.Text;
using S3Mount.ObjectStore;

namespace S3Mount.Testing.Synthetic;

/// <summary>Writes a key piece by piece into memory that is long enough for any key.</summary>
internal ref struct KeyText
{
    private readonly Span<byte> _destination;

    public KeyText(Span<byte> destination)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(destination.Length, ObjectKey.MaxLength);
        _destination = destination;
    }

    public int Length { get; private set; }

    public void Add(byte character) => _destination[Length++] = character;

    public void Add(ReadOnlySpan<byte> text)
    {
        text.CopyTo(_destination[Length..]);
        Length += text.Length;
    }

    /// <summary>With zeros in front.</summary>
    public void AddNumber(int number, int digits)
    {
        Utf8Formatter.TryFormat(number, _destination[Length..], out int length, new StandardFormat('D', (byte)digits));
        Length += length;
    }

    public void AddHex(ulong number)
    {
        const int Digits = 16;
        for (int i = Length + Digits - 1; i >= Length; i--)
        {
            _destination[i] = "0123456789abcdef"u8[(int)(number & 15)];
            number >>= 4;
        }
        Length += Digits;
    }
}
