namespace S3Mount.ObjectStore.S3;

/// <summary>
/// How far one operation has come with its tries. Its deadline counts from the moment at which it is made, with all waits for
/// connections, credentials and answers. One thread at a time.
/// </summary>
internal sealed class RetryCourse(TimeProvider timeProvider, TimeSpan deadline)
{
    // What a proxy answered once, or a bit that fell over on the way, is not there the next time; a store that is wrong is wrong
    // again, and the reader waits meanwhile.
    private const int MaxAskedAnew = 2;

    // Before the deadline there is a last try, and it must have the time to succeed: S3 sends its first bytes within 100 to 200 ms
    // (S3 User Guide, "Performance guidelines"), and a connection may have to be made first.
    private static readonly TimeSpan _longestLastTry = TimeSpan.FromSeconds(1);

    private readonly long _startedAt = timeProvider.GetTimestamp();
    private int _askedAnew;
    private int _takenOnce;
    private bool _isCutShort;
    private S3Failure? _previous;

    public int Tries { get; private set; }

    /// <summary>In a row, since the last try that brought bytes.</summary>
    public int Failures { get; private set; }

    /// <summary>Tries that ended because nothing came any more; never forgotten, so that a store that is only slow is left more time by each.</summary>
    public int Stalls { get; private set; }

    /// <summary>The mount is up: what is missing may come back before the deadline. False while it is being opened.</summary>
    public bool IsPatient { get; init; } = true;

    /// <summary>What the deadline leaves, never below zero; <see cref="Timeout.InfiniteTimeSpan"/> without one.</summary>
    public TimeSpan Left
    {
        get
        {
            if (deadline == Timeout.InfiniteTimeSpan)
                return deadline;
            TimeSpan left = deadline - timeProvider.GetElapsedTime(_startedAt);
            return left > TimeSpan.Zero ? left : TimeSpan.Zero;
        }
    }

    /// <summary>What the deadline leaves for waits before a last try, never below zero.</summary>
    public TimeSpan LeftToWait
    {
        get
        {
            if (deadline == Timeout.InfiniteTimeSpan)
                return deadline;
            TimeSpan left = Left - (deadline / 10 < _longestLastTry ? deadline / 10 : _longestLastTry);
            return left > TimeSpan.Zero ? left : TimeSpan.Zero;
        }
    }

    /// <summary>The failure that tells the most so far; null before the first.</summary>
    public S3Failure? Telling => _previous;

    public void BeginTry() => Tries++;

    /// <summary>The clock of a try that waits so long for a sign of life, and ends by the deadline however many there are.</summary>
    public TryClock Clock(TimeSpan patience, CancellationToken callerToken, CancellationToken closingToken)
    {
        TimeSpan left = Left;
        if (left == Timeout.InfiniteTimeSpan)
            return new TryClock(patience, null, timeProvider, callerToken, closingToken);
        _isCutShort = left < patience;
        // A deadline that passes just now still leaves a try the moment that it needs to fail by itself.
        TimeSpan moment = TimeSpan.FromMilliseconds(1);
        return new TryClock(patience, left > moment ? left : moment, timeProvider, callerToken, closingToken);
    }

    /// <summary>
    /// How long to wait before the next try; false when there is none before the deadline. A wait that would pass it ends in
    /// time for a last try.
    /// </summary>
    public bool TryNextDelay(TimeSpan asked, Random random, out TimeSpan delay)
    {
        delay = RetryDelay.Next(Failures++, asked, random);
        TimeSpan most = LeftToWait;
        if (most == Timeout.InfiniteTimeSpan)
            return true;
        if (delay > most)
            delay = most;
        return most > TimeSpan.Zero;
    }

    /// <summary>
    /// Which failure tells the most. A last try that the deadline gave but a moment says only that it came to nothing; the one
    /// before it knows why.
    /// </summary>
    public S3Failure Remember(S3Failure failure)
    {
        S3Failure telling = failure.TimedOut && (_isCutShort || Left == TimeSpan.Zero) && _previous is not null ? _previous : failure;
        _previous = telling;
        if (failure.TimedOut)
            Stalls++;
        return telling;
    }

    /// <summary>A try brought bytes: the store is not in the trouble that it was in.</summary>
    public void ForgetFailures() => Failures = 0;

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
