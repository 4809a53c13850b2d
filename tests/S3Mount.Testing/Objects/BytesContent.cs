namespace S3Mount.Testing.Objects;

/// <summary>Bytes in memory; they must not change any more.</summary>
public sealed class BytesContent : ObjectContent
{
    private readonly ReadOnlyMemory<byte> _bytes;
    private readonly Lazy<string> _etag;

    public BytesContent(ReadOnlyMemory<byte> bytes)
    {
        _bytes = bytes;
        _etag = new Lazy<string>(() => ContentMd5.ETag(_bytes.Span));
    }

    public override long Length => _bytes.Length;

    public override string ETag => _etag.Value;

    public override ReadOnlyMemory<byte> Peek(long offset, int maxLength)
    {
        int start = checked((int)offset);
        return _bytes.Slice(start, Math.Min(maxLength, _bytes.Length - start));
    }
}
