using S3Mount.Testing.Objects;

namespace S3Mount.Testing.S3Server.Faults;

/// <summary>The same bytes again and again up to any length, without holding them.</summary>
internal sealed class RepeatedContent : ObjectContent
{
    // What is sent at a time; a multiple of the bytes near this.
    private const int Held = 64 << 10;

    private readonly byte[] _bytes;

    public RepeatedContent(ReadOnlySpan<byte> bytes, long length)
    {
        if (bytes.IsEmpty)
            throw new ArgumentException("There is nothing to repeat.", nameof(bytes));
        _bytes = new byte[bytes.Length * Math.Max(1, Held / bytes.Length)];
        for (int i = 0; i < _bytes.Length; i += bytes.Length)
            bytes.CopyTo(_bytes.AsSpan(i));
        Length = length;
    }

    public override long Length { get; }

    public override string ETag => "";

    public override ReadOnlyMemory<byte> Peek(long offset, int maxLength)
    {
        int start = (int)(offset % _bytes.Length);
        return _bytes.AsMemory(start, (int)Math.Min(Math.Min(maxLength, _bytes.Length - start), Length - offset));
    }
}
