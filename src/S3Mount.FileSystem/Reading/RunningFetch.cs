using S3Mount.FileSystem.Caching;

namespace S3Mount.FileSystem.Reading;

/// <summary>
/// A fetch under way, which is ended when no READ wants it and nothing has come for a while: it would hold memory and ask a store
/// in trouble on and on, and who wants the block after all asks for himself. Any thread, but for <see cref="EndIfForgotten"/>: one at a
/// time.
/// </summary>
internal sealed class RunningFetch(Block block, CancellationTokenSource ending, long began) : IDisposable
{
    private const int Running = 0;
    private const int Forgotten = 1;
    private const int Over = 2;

    private int _state = Running;
    private int _filled;
    private long _movedAt = began;

    public bool IsForgotten => Volatile.Read(ref _state) == Forgotten;

    public ObjectReader Reader => block.Reader;

    /// <summary>Whether a READ waits for it.</summary>
    public bool IsWanted => block.IsWanted;

    /// <param name="now">A moment of <see cref="MountClock"/>.</param>
    public void EndIfForgotten(long now, TimeSpan after)
    {
        int filled = block.Filled;
        if (filled != _filled || block.IsWanted)
        {
            (_filled, _movedAt) = (filled, now);
        }
        else if (now - _movedAt >= after.Ticks && Interlocked.CompareExchange(ref _state, Forgotten, Running) == Running)
        {
            ending.Cancel();
            ending.Dispose();
        }
    }

    /// <summary>The fetch has ended. Its source goes with whoever was first.</summary>
    public void Dispose()
    {
        if (Interlocked.CompareExchange(ref _state, Over, Running) == Running)
            ending.Dispose();
    }
}
