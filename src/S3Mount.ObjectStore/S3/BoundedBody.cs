using System.Buffers;

namespace S3Mount.ObjectStore.S3;

/// <summary>A body that is read whole, into a rented buffer that goes back when this is disposed.</summary>
internal sealed class BoundedBody : IDisposable
{
    private const int InitialSize = 64 * 1024;

    // A page of 1,000 keys has 200 to 400 KB. What claims to be longer gets its room when its bytes are there.
    private const int MaxInitialSize = 1024 * 1024;

    private byte[] _buffer;
    private int _length;

    private BoundedBody(int capacity) => _buffer = ArrayPool<byte>.Shared.Rent(capacity);

    public ReadOnlySpan<byte> Span => _buffer.AsSpan(0, _length);

    /// <summary>Whether there was more than the bound; then the rest has not been read.</summary>
    public bool IsCut { get; private set; }

    /// <exception cref="IOException">The body broke off.</exception>
    public static async ValueTask<BoundedBody> ReadAsync(HttpContent content, int bound, TryClock clock)
    {
        long announced = content.Headers.ContentLength ?? InitialSize;
        // One byte more than the body, so that its end is seen without growing.
        var body = new BoundedBody((int)Math.Min(announced, Math.Min(bound, MaxInitialSize)) + 1);
        try
        {
            Stream stream = await content.ReadAsStreamAsync(clock.Token);
            await body.FillAsync(stream, bound, clock);
            return body;
        }
        catch
        {
            body.Dispose();
            throw;
        }
    }

    public void Dispose()
    {
        ArrayPool<byte>.Shared.Return(_buffer);
        _buffer = [];
        _length = 0;
    }

    private async ValueTask FillAsync(Stream stream, int bound, TryClock clock)
    {
        for (; ; )
        {
            if (_length == _buffer.Length)
                Grow(bound);
            int read = await stream.ReadAsync(_buffer.AsMemory(_length), clock.Token);
            if (read == 0)
                return;
            clock.Progress(read);
            _length += read;
            if (_length > bound)
            {
                _length = bound;
                IsCut = true;
                return;
            }
        }
    }

    private void Grow(int bound)
    {
        byte[] larger = ArrayPool<byte>.Shared.Rent(Math.Min(_buffer.Length * 2, bound + 1));
        _buffer.AsSpan(0, _length).CopyTo(larger);
        ArrayPool<byte>.Shared.Return(_buffer);
        _buffer = larger;
    }
}
