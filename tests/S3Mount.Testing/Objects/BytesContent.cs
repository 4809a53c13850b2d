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

    public override void CopyTo(long offset, Span<byte> destination) => _bytes.Span.Slice(checked((int)offset), destination.Length).CopyTo(destination);

    public override bool TryGetMemory(long offset, int length, out ReadOnlyMemory<byte> memory)
    {
        memory = _bytes.Slice(checked((int)offset), length);
        return true;
    }
}
