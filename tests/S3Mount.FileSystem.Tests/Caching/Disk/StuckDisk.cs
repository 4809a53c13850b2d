using S3Mount.FileSystem.Caching.Disk;

namespace S3Mount.FileSystem.Tests.Caching.Disk;

/// <summary>A disk that hangs: whoever waits for it is held, as by NFS whose server has gone, until it is let go.</summary>
internal sealed class StuckDisk : IDisposable
{
    // A test that has failed leaves no thread behind.
    private static readonly TimeSpan _longest = TimeSpan.FromSeconds(20);

    private readonly ManualResetEventSlim _open = new(initialState: true);
    private DiskUse _use;
    private int _skipped;
    private int _held;
    private int _asked;

    /// <summary>Threads that it holds.</summary>
    public int Held => Volatile.Read(ref _held);

    /// <summary>How often it was asked for what it is stuck at.</summary>
    public int Asked => Volatile.Read(ref _asked);

    /// <param name="skipped">So many it answers first.</param>
    public void Stick(DiskUse use, int skipped = 0)
    {
        (_use, _skipped, _asked) = (use, skipped, 0);
        _open.Reset();
    }

    public void LetGo() => _open.Set();

    public void Enter(DiskUse use)
    {
        if (_open.IsSet || use != _use || Interlocked.Increment(ref _asked) <= _skipped)
            return;
        Interlocked.Increment(ref _held);
        _open.Wait(_longest);
        Interlocked.Decrement(ref _held);
    }

    public async Task WaitForAsync(int held, CancellationToken cancellationToken)
    {
        while (Held != held)
        {
            cancellationToken.ThrowIfCancellationRequested();
            await Task.Yield();
        }
    }

    public void Dispose() => LetGo();
}
