using System.Buffers;
using System.Runtime.CompilerServices;
using S3Mount.Testing.Objects;

namespace S3Mount.Testing.S3Server;

/// <summary>
/// Bytes that are written one after another into memory from the shared pool, and then are the body of an answer: what is disposed
/// goes back and must not be read any more. One thread at a time.
/// </summary>
internal sealed class PooledBytes(int capacity) : ObjectContent, IBufferWriter<byte>, IDisposable
{
    private byte[] _bytes = ArrayPool<byte>.Shared.Rent(capacity);
    private int _length;

    public override long Length => _length;

    /// <summary>A document has no tag.</summary>
    public override string ETag => "";

    public ReadOnlySpan<byte> Written => _bytes.AsSpan(0, _length);

    public override ReadOnlyMemory<byte> Peek(long offset, int maxLength)
    {
        int start = checked((int)offset);
        return _bytes.AsMemory(start, Math.Min(maxLength, _length - start));
    }

    // Inlined, text that is known to the compiler is a few moves.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Write(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length > _bytes.Length - _length)
            Grow(bytes.Length);
        bytes.CopyTo(_bytes.AsSpan(_length));
        _length += bytes.Length;
    }

    public void Advance(int count) => _length += count;

    public Span<byte> GetSpan(int sizeHint = 0) => GetMemory(sizeHint).Span;

    public Memory<byte> GetMemory(int sizeHint = 0)
    {
        if (Math.Max(1, sizeHint) > _bytes.Length - _length)
            Grow(Math.Max(1, sizeHint));
        return _bytes.AsMemory(_length);
    }

    /// <summary>Copies bytes to a place that has been written before.</summary>
    public void Overwrite(int offset, ReadOnlySpan<byte> bytes) => bytes.CopyTo(_bytes.AsSpan(offset, _length - offset));

    public void Dispose()
    {
        byte[] bytes = Interlocked.Exchange(ref _bytes, []);
        if (bytes.Length > 0)
            ArrayPool<byte>.Shared.Return(bytes);
    }

    private void Grow(int more)
    {
        byte[] larger = ArrayPool<byte>.Shared.Rent(Math.Max(_length + more, 2 * _bytes.Length));
        Written.CopyTo(larger);
        ArrayPool<byte>.Shared.Return(_bytes);
        _bytes = larger;
    }
}
