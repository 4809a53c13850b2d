using System.Diagnostics;
using System.Runtime.InteropServices;

namespace S3Mount.Benchmarks.Clients;

/// <summary>Threads that work off a row of reads: each takes the next one that nobody has taken.</summary>
internal static unsafe class ReaderTeam
{
    /// <summary>Reads one item with the thread's buffer; returns the bytes that it read.</summary>
    public delegate long Work(int index, byte* buffer);

    /// <summary>Starts the clock when all threads and their buffers are there; returns the time and the bytes.</summary>
    public static (double Seconds, long Bytes) Run(int threads, int items, int bufferSize, Work work)
    {
        int next = -1;
        long bytes = 0;
        Exception? failure = null;
        using var ready = new CountdownEvent(threads);
        using var start = new ManualResetEventSlim();
        var team = new Thread[threads];
        for (int i = 0; i < threads; i++)
        {
            team[i] = new Thread(() =>
            {
                byte* buffer = NewBuffer(bufferSize);
                ready.Signal();
                start.Wait();
                try
                {
                    long mine = 0;
                    for (int index = Interlocked.Increment(ref next); index < items; index = Interlocked.Increment(ref next))
                        mine += work(index, buffer);
                    Interlocked.Add(ref bytes, mine);
                }
                catch (Exception exception)
                {
                    Interlocked.CompareExchange(ref failure, exception, null);
                }
                NativeMemory.AlignedFree(buffer);
            }, 256 << 10);
            team[i].Start();
        }
        ready.Wait();
        long began = Stopwatch.GetTimestamp();
        start.Set();
        foreach (Thread thread in team)
            thread.Join();
        double seconds = Stopwatch.GetElapsedTime(began).TotalSeconds;
        return failure is null ? (seconds, bytes) : throw new IOException("a reader failed", failure);
    }

    // Touched, so that no page fault is measured.
    private static byte* NewBuffer(int size)
    {
        byte* buffer = (byte*)NativeMemory.AlignedAlloc((nuint)size, 4096);
        NativeMemory.Clear(buffer, (nuint)size);
        return buffer;
    }
}
