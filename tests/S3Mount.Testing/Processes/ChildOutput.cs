using System.Buffers;
using System.Text;

namespace S3Mount.Testing.Processes;

/// <summary>Collects what a child writes, up to a bound, and lets a test wait for a text in it. Any thread.</summary>
internal sealed class ChildOutput
{
    // A client that writes more than this is meant to write into a file.
    private const int MaxLength = 256 << 20;

    private readonly Lock _gate = new();
    // All guarded by _gate.
    private readonly ArrayBufferWriter<byte> _bytes = new();
    private TaskCompletionSource _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private bool _isEnded;

    public ChildOutput(Stream stream) => Ended = PumpAsync(stream);

    public Task Ended { get; }

    public byte[] ToArray()
    {
        lock (_gate)
            return _bytes.WrittenSpan.ToArray();
    }

    public string Text => Encoding.UTF8.GetString(ToArray());

    /// <summary>The text so far, once the predicate accepts it; null when the output ends before.</summary>
    public async Task<string?> WaitForAsync(Func<string, bool> predicate, CancellationToken cancellationToken)
    {
        while (true)
        {
            Task changed;
            bool isEnded;
            lock (_gate)
                (changed, isEnded) = (_changed.Task, _isEnded);
            string text = Text;
            if (predicate(text))
                return text;
            if (isEnded)
                return null;
            await changed.WaitAsync(cancellationToken);
        }
    }

    private async Task PumpAsync(Stream stream)
    {
        byte[] buffer = new byte[64 << 10];
        int count;
        do
        {
            count = await ReadAsync(stream, buffer);
            TaskCompletionSource changed;
            lock (_gate)
            {
                if (_bytes.WrittenCount + count <= MaxLength)
                    _bytes.Write(buffer.AsSpan(0, count));
                _isEnded = count == 0;
                changed = _changed;
                _changed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            }
            changed.SetResult();
        }
        while (count > 0);
    }

    private static async ValueTask<int> ReadAsync(Stream stream, byte[] buffer)
    {
        try
        {
            return await stream.ReadAsync(buffer);
        }
        catch (Exception exception) when (exception is IOException or ObjectDisposedException)
        {
            // The child was disposed of; what it would have said is of no account.
            return 0;
        }
    }
}
