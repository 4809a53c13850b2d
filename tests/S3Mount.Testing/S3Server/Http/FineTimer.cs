using System.Runtime.InteropServices;

namespace S3Mount.Testing.S3Server.Http;

/// <summary>
/// Waits that end within a tenth of a millisecond of their time, for a server that plays a network. The framework's timers count
/// in Environment.TickCount64, which moves in steps of 4 ms on a kernel of 250 Hz: 20 ms became 24. One thread sleeps on a
/// timerfd that is set to the earliest wait. Any thread.
/// </summary>
internal static partial class FineTimer
{
    private const int ClockMonotonic = 1; // the clock of Stopwatch and TimeProvider.System, in nanoseconds
    private const int CloseOnExec = 0x80000;
    private const int AbsoluteTime = 1;
    private const long NanosecondsPerSecond = 1_000_000_000;

    private static readonly Lock _gate = new();
    // Guarded by _gate.
    private static readonly PriorityQueue<TaskCompletionSource, long> _waits = new();
    private static readonly int _timer = Start();

    /// <summary>Completes at a timestamp of <see cref="TimeProvider.System"/>.</summary>
    public static Task WaitUntilAsync(long timestamp, CancellationToken cancellationToken)
    {
        var wait = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        bool isEarliest;
        lock (_gate)
        {
            isEarliest = !_waits.TryPeek(out _, out long earliest) || timestamp < earliest;
            _waits.Enqueue(wait, timestamp);
        }
        if (isEarliest)
            SetToEarliest();
        return cancellationToken.CanBeCanceled ? wait.Task.WaitAsync(cancellationToken) : wait.Task;
    }

    private static int Start()
    {
        int timer = timerfd_create(ClockMonotonic, CloseOnExec);
        if (timer < 0)
            throw new IOException("timerfd_create: " + Marshal.GetLastPInvokeErrorMessage());
        new Thread(Run) { IsBackground = true, Name = "fine-timer" }.UnsafeStart(timer);
        return timer;
    }

    private static void Run(object? timer)
    {
        while (true)
        {
            read((int)timer!, out _, sizeof(ulong));
            long now = TimeProvider.System.GetTimestamp();
            while (TryTake(now, out TaskCompletionSource? wait))
                wait.TrySetResult();
            SetToEarliest();
        }
    }

    private static bool TryTake(long now, [System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out TaskCompletionSource? wait)
    {
        lock (_gate)
            return _waits.TryPeek(out wait, out long due) && due <= now && _waits.TryDequeue(out wait, out _);
    }

    // Several threads may set the timer at once: who comes last finds that what it has set is the earliest, or sets it again.
    private static void SetToEarliest()
    {
        for (long set = -1; TryPeek(out long due) && due != set; set = due)
        {
            var time = new TimerSpec { Seconds = due / NanosecondsPerSecond, Nanoseconds = due % NanosecondsPerSecond };
            if (timerfd_settime(_timer, AbsoluteTime, in time, 0) < 0)
                throw new IOException("timerfd_settime: " + Marshal.GetLastPInvokeErrorMessage());
        }
    }

    private static bool TryPeek(out long due)
    {
        lock (_gate)
            return _waits.TryPeek(out _, out due);
    }

    [LibraryImport("libc", SetLastError = true)]
    private static partial int timerfd_create(int clock, int flags);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int timerfd_settime(int timer, int flags, in TimerSpec time, nint old);

    [LibraryImport("libc")]
    private static partial nint read(int timer, out ulong expirations, nuint size);

    /// <summary>struct itimerspec.</summary>
    private struct TimerSpec
    {
        public long IntervalSeconds;
        public long IntervalNanoseconds;
        public long Seconds;
        public long Nanoseconds;
    }
}
