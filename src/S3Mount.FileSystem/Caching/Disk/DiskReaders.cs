using System.Collections.Concurrent;

namespace S3Mount.FileSystem.Caching.Disk;

/// <summary>
/// Threads that may block on a disk: the thread pool has two on a small machine, and answers of the store come through it. As many
/// as a solid-state disk has use for. Any thread.
/// </summary>
internal sealed class DiskReaders : IDisposable
{
    // A queue depth of 16 gets most of what an NVMe disk or a network volume has to give; threads that wait cost nothing.
    private const int Threads = 16;

    // As many as there are blocks that wait for their bytes: the memory budget bounds them.
    private readonly BlockingCollection<Action> _work = new();
    private int _started;
    private int _idle;

    /// <summary>Runs something that blocks. Whoever awaits it goes on on the same thread: no other is woken.</summary>
    /// <returns>What it returns; 0 when this has been disposed.</returns>
    public Task<int> RunAsync(Func<int> work)
    {
        var completion = new TaskCompletionSource<int>();
        Action run = () =>
        {
            try
            {
                completion.SetResult(work());
            }
            catch (Exception e)
            {
                completion.SetException(e);
            }
        };
        try
        {
            _work.Add(run);
        }
        catch (InvalidOperationException)
        {
            return Task.FromResult(0);
        }
        // Those that are idle may each have been woken for something else already.
        if (_work.Count > Volatile.Read(ref _idle) && Volatile.Read(ref _started) < Threads && Interlocked.Increment(ref _started) <= Threads)
            new Thread(Work) { IsBackground = true, Name = "s3mount-disk" }.Start();
        return completion.Task;
    }

    public void Dispose() => _work.CompleteAdding();

    private void Work()
    {
        while (true)
        {
            Interlocked.Increment(ref _idle);
            bool isThere = _work.TryTake(out Action? work, Timeout.Infinite);
            Interlocked.Decrement(ref _idle);
            if (!isThere)
                return;
            work!();
        }
    }
}
