namespace S3Mount.ObjectStore.Tests.Wire;

/// <summary>A body whose second half comes after a pause.</summary>
internal sealed class PausedStream(TimeProvider time, byte[] content, TimeSpan pause) : Stream
{
    private int _position;

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        int half = content.Length / 2;
        if (_position == half && pause != TimeSpan.Zero)
            await FakeDelay.For(pause, time, cancellationToken);
        int read = Math.Min(buffer.Length, (_position < half ? half : content.Length) - _position);
        content.AsMemory(_position, read).CopyTo(buffer);
        _position += read;
        return read;
    }

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
}
