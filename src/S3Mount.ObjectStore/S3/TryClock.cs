namespace S3Mount.ObjectStore.S3;

/// <summary>
/// The deadline of one try: trips when nothing has come for a while, when its time is up, when the caller gives up, or when the
/// store is closed. Signs of life start the patience anew, but never move the end.
/// </summary>
internal sealed class TryClock : IDisposable
{
    /// <summary>
    /// So many bytes are a sign of life; with fewer the patience goes on, so that a body that comes a byte at a time counts as one
    /// that stands still. In half a second it is 8 KiB/s, as little as 64 connections get of a line of 4 Mbit/s; whoever has less is
    /// left more time, try by try (<see cref="AnswerPace"/>).
    /// </summary>
    public const int Step = 4096;

    private readonly CancellationTokenSource _source;
    private readonly CancellationTokenRegistration _caller;
    private readonly CancellationTokenRegistration _closing;
    private readonly TimeProvider _timeProvider;
    private readonly TimeSpan? _longest;
    private readonly long _startedAt;
    private TimeSpan _patience;
    private TimeSpan _longestSilence;
    private long _stepBeganAt;
    private int _sinceStep;

    public TryClock(TimeSpan patience, TimeProvider timeProvider, CancellationToken callerToken)
        : this(patience, null, timeProvider, callerToken, CancellationToken.None)
    {
    }

    /// <param name="longest">How long the try may take in all; null: as long as there are signs of life.</param>
    public TryClock(TimeSpan patience, TimeSpan? longest, TimeProvider timeProvider, CancellationToken callerToken, CancellationToken closingToken)
    {
        (_timeProvider, _patience, _longest) = (timeProvider, patience, longest);
        _startedAt = _stepBeganAt = timeProvider.GetTimestamp();
        _source = new CancellationTokenSource(longest < patience ? longest.Value : patience, timeProvider);
        _caller = callerToken.UnsafeRegister(static state => ((CancellationTokenSource)state!).Cancel(), _source);
        _closing = closingToken.UnsafeRegister(static state => ((CancellationTokenSource)state!).Cancel(), _source);
    }

    public CancellationToken Token => _source.Token;

    /// <summary>The head has come: from now on each step has this time.</summary>
    public void BeginBody(TimeSpan patience)
    {
        _patience = patience;
        Restart(_timeProvider.GetTimestamp());
    }

    public void Progress(int bytes)
    {
        _sinceStep += bytes;
        if (_sinceStep < Step)
            return;
        long now = _timeProvider.GetTimestamp();
        EndStep(now);
        Restart(now);
    }

    /// <summary>The body has come to its end.</summary>
    /// <returns>The longest time that a step took.</returns>
    public TimeSpan EndBody()
    {
        EndStep(_timeProvider.GetTimestamp());
        return _longestSilence;
    }

    public void Cancel() => _source.Cancel();

    public void Dispose()
    {
        _caller.Dispose();
        _closing.Dispose();
        _source.Dispose();
    }

    private void EndStep(long now)
    {
        TimeSpan silence = _timeProvider.GetElapsedTime(_stepBeganAt, now);
        if (silence > _longestSilence)
            _longestSilence = silence;
    }

    private void Restart(long now)
    {
        _stepBeganAt = now;
        _sinceStep = 0;
        TimeSpan left = _longest is { } longest ? longest - _timeProvider.GetElapsedTime(_startedAt, now) : _patience;
        _source.CancelAfter(left >= _patience ? _patience : left > TimeSpan.Zero ? left : TimeSpan.Zero);
    }
}
