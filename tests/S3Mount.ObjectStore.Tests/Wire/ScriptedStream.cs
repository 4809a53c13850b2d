using System.Text;

namespace S3Mount.ObjectStore.Tests.Wire;

/// <summary>
/// A connection without sockets that takes one request, answers it and ends. What can be read is there at once, so whoever reads from it
/// never leaves its thread.
/// </summary>
/// <param name="answer">The bytes for a head, up to and with the empty line.</param>
/// <param name="mostAtOnce">In one read.</param>
internal sealed class ScriptedStream(Func<string, byte[]> answer, int mostAtOnce) : Stream
{
    private readonly StringBuilder _head = new();
    private ReadOnlyMemory<byte> _left;
    private bool _hasAnswered;

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => throw new NotSupportedException();

    public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        int length = Math.Min(Math.Min(buffer.Length, _left.Length), mostAtOnce);
        _left[..length].CopyTo(buffer);
        _left = _left[length..];
        return new ValueTask<int>(length);
    }

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (_hasAnswered)
            throw new IOException("the peer has closed the connection");
        _head.Append(Encoding.Latin1.GetString(buffer.Span));
        string head = _head.ToString();
        if (head.EndsWith("\r\n\r\n", StringComparison.Ordinal))
        {
            _hasAnswered = true;
            _left = answer(head);
        }
        return default;
    }

    public override Task FlushAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
}
