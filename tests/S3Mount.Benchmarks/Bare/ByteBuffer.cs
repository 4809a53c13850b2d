namespace S3Mount.Benchmarks.Bare;

/// <summary>Memory that is used again for one answer after another.</summary>
internal sealed class ByteBuffer
{
    // A page of a thousand keys has 220 KB.
    private byte[] _bytes = new byte[512 << 10];

    /// <summary>What is behind this offset; never empty.</summary>
    public Memory<byte> From(int offset)
    {
        if (offset == _bytes.Length)
            Array.Resize(ref _bytes, 2 * _bytes.Length);
        return _bytes.AsMemory(offset);
    }

    public ReadOnlySpan<byte> First(int length) => _bytes.AsSpan(0, length);
}
