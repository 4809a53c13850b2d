using System.Diagnostics;
using System.Runtime.InteropServices;

namespace S3Mount.Benchmarks.Clients;

/// <summary>Threads that work off a row of reads: each takes the next one that nobody has taken.</summary>
internal sealed class ReaderTeam : IDisposable
{
    // For 256 threads and their buffers. The bench's own limit ends what takes longer than a pass may.
    private static readonly TimeSpan _startDeadline = TimeSpan.FromSeconds(60);

    private readonly int _items;
    private readonly int _bufferSize;
    private readonly Work _work;
    // The clock starts when all threads and their buffers are there.
    private readonly Barrier _start;
    private readonly TaskCompletionSource<double> _finished = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _next = -1;
    private int _atWork;
    private long _bytes;
    private long _began;
    private Exception? _failure;

    private ReaderTeam(int threads, int items, int bufferSize, Work work)
    {
        (_items, _bufferSize, _work, _atWork) = (items, bufferSize, work, threads);
        _start = new Barrier(threads, _ => _began = Stopwatch.GetTimestamp());
    }

    /// <summary>Reads one item with the thread's buffer; returns the bytes that it read.</summary>
    public delegate long Work(int index, Span<byte> buffer);

    /// <summary>The time from the first read to the last, the items and the bytes.</summary>
    /// <exception cref="IOException">A read failed.</exception>
    public static async Task<ClientResult> RunAsync(int threads, int items, int bufferSize, Work work)
    {
        using var team = new ReaderTeam(threads, items, bufferSize, work);
        for (int i = 0; i < threads; i++)
            new Thread(team.Run, 256 << 10) { IsBackground = true }.Start();
        double seconds = await team._finished.Task;
        return team._failure is null ? new ClientResult(seconds, items, team._bytes) : throw new IOException("a reader failed", team._failure);
    }

    public void Dispose() => _start.Dispose();

    private void Run()
    {
        try
        {
            RunWithBuffer();
        }
        catch (Exception exception)
        {
            Interlocked.CompareExchange(ref _failure, exception, null);
        }
        // The last one stops the clock: who waits may need some time to wake up.
        if (Interlocked.Decrement(ref _atWork) == 0)
            _finished.SetResult(Stopwatch.GetElapsedTime(_began).TotalSeconds);
    }

    private unsafe void RunWithBuffer()
    {
        // Touched, so that no page fault is measured.
        byte* buffer = (byte*)NativeMemory.AlignedAlloc((nuint)_bufferSize, 4096);
        try
        {
            NativeMemory.Clear(buffer, (nuint)_bufferSize);
            if (!_start.SignalAndWait(_startDeadline))
                throw new TimeoutException("the other readers did not start");
            long bytes = 0;
            for (int index = Interlocked.Increment(ref _next); index < _items; index = Interlocked.Increment(ref _next))
                bytes += _work(index, new Span<byte>(buffer, _bufferSize));
            Interlocked.Add(ref _bytes, bytes);
        }
        finally
        {
            NativeMemory.AlignedFree(buffer);
        }
    }
}
