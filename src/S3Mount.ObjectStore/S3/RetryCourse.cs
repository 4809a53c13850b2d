namespace S3Mount.ObjectStore.S3;

/// <summary>How far one operation has come with its tries. One thread at a time.</summary>
internal sealed class RetryCourse(TimeProvider timeProvider, TimeSpan deadline)
{
    // What a proxy answered once, or a bit that fell over on the way, is not there the next time; a store that is wrong is wrong
    // again, and the reader waits meanwhile.
    private const int MaxAskedAnew = 2;

    private long _startedAt;
    private int _askedAnew;
    private int _takenOnce;
    private bool _isCutShort;
    private S3Failure? _previous;

    public int Tries { get; private set; }

    /// <summary>In a row, since the last try that brought bytes.</summary>
    public int Failures { get; private set; }

    /// <summary>The mount is up: what is missing may come back before the deadline. False while it is being opened.</summary>
    public bool IsPatient { get; init; } = true;

    public void BeginTry()
    {
        if (Tries++ == 0)
            _startedAt = timeProvider.GetTimestamp();
    }

    /// <summary>How long the try may wait for a sign of life: no longer than the deadline is away.</summary>
    public TimeSpan Patience(TimeSpan most)
    {
        if (deadline == Timeout.InfiniteTimeSpan)
            return most;
        TimeSpan left = deadline - timeProvider.GetElapsedTime(_startedAt);
        _isCutShort = left < most;
        // A deadline that passes just now still leaves a try the moment that it needs to fail by itself.
        return left >= most ? most : left > TimeSpan.FromMilliseconds(1) ? left : TimeSpan.FromMilliseconds(1);
    }

    public TimeSpan NextDelay(TimeSpan asked, Random random) => RetryDelay.Next(Failures++, asked, random);

    /// <summary>
    /// Which failure tells the most. A last try that the deadline gave but a moment says only that it came to nothing; the one
    /// before it knows why.
    /// </summary>
    public S3Failure Remember(S3Failure failure)
    {
        S3Failure telling = failure.TimedOut && _isCutShort && _previous is not null ? _previous : failure;
        _previous = telling;
        return telling;
    }

    /// <summary>A try brought bytes: the store is not in the trouble that it was in.</summary>
    public void ForgetFailures() => Failures = 0;

    /// <summary>Whether the deadline will have passed after a delay.</summary>
    public bool IsOver(TimeSpan delay) => deadline != Timeout.InfiniteTimeSpan && timeProvider.GetElapsedTime(_startedAt) + delay >= deadline;

    /// <summary>The action was not carried out after all.</summary>
    public void Allow(S3Action action) => _takenOnce &= ~(1 << (int)action);

    /// <summary>True the first times that an answer could not be used.</summary>
    public bool TryAskAnew() => _askedAnew++ < MaxAskedAnew;

    /// <summary>True the first time for each action.</summary>
    public bool TryOnce(S3Action action)
    {
        int flag = 1 << (int)action;
        bool isFirst = (_takenOnce & flag) == 0;
        _takenOnce |= flag;
        return isFirst;
    }
}
