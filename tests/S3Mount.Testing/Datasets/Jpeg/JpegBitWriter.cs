namespace S3Mount.Testing.Datasets.Jpeg;

/// <summary>Collects a JPEG: markers byte by byte, entropy-coded data bit by bit with its stuffing (ITU-T T.81, F.1.2.3).</summary>
internal sealed class JpegBitWriter(int capacity)
{
    private byte[] _bytes = new byte[Math.Max(capacity, 256)];
    private int _length;
    private uint _bits;
    private int _count;

    public void WriteByte(int value)
    {
        if (_length == _bytes.Length)
            Array.Resize(ref _bytes, _bytes.Length * 2);
        _bytes[_length++] = (byte)value;
    }

    public void WriteBytes(ReadOnlySpan<byte> bytes)
    {
        foreach (byte b in bytes)
            WriteByte(b);
    }

    /// <summary>The lowest bits of a code, at most 16.</summary>
    public void Write(uint code, int length)
    {
        _bits = (_bits << length) | (code & ((1u << length) - 1));
        _count += length;
        while (_count >= 8)
        {
            _count -= 8;
            int value = (byte)(_bits >> _count);
            WriteByte(value);
            if (value == 0xff)
                WriteByte(0);
        }
    }

    /// <summary>Fills the last byte with ones.</summary>
    public void Flush()
    {
        if (_count > 0)
            Write(0x7f, 8 - _count);
    }

    public byte[] ToArray() => _bytes[.._length];
}
