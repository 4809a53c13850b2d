namespace S3Mount.ObjectStore.S3;

/// <summary>
/// The deadline of one try: trips when nothing has come for a while, when its time is up, when the caller gives up, or when the
/// store is closed. Each sign of life starts the patience anew, but never moves the end.
/// </summary>
internal sealed class TryClock : IDisposable
{
    private readonly CancellationTokenSource _source;
    private readonly CancellationTokenRegistration _caller;
    private readonly CancellationTokenRegistration _closing;
    private readonly TimeProvider _timeProvider;
    private readonly TimeSpan _patience;
    private readonly TimeSpan? _longest;
    private readonly long _startedAt;

    public TryClock(TimeSpan patience, TimeProvider timeProvider, CancellationToken callerToken)
        : this(patience, null, timeProvider, callerToken, CancellationToken.None)
    {
    }

    /// <param name="longest">How long the try may take in all; null: as long as there are signs of life.</param>
    public TryClock(TimeSpan patience, TimeSpan? longest, TimeProvider timeProvider, CancellationToken callerToken, CancellationToken closingToken)
    {
        (_timeProvider, _patience, _longest) = (timeProvider, patience, longest);
        if (longest is not null)
            _startedAt = timeProvider.GetTimestamp();
        _source = new CancellationTokenSource(longest < patience ? longest.Value : patience, timeProvider);
        _caller = callerToken.UnsafeRegister(static state => ((CancellationTokenSource)state!).Cancel(), _source);
        _closing = closingToken.UnsafeRegister(static state => ((CancellationTokenSource)state!).Cancel(), _source);
    }

    public CancellationToken Token => _source.Token;

    public void Progress()
    {
        if (_longest is not { } longest)
        {
            _source.CancelAfter(_patience);
            return;
        }
        TimeSpan left = longest - _timeProvider.GetElapsedTime(_startedAt);
        _source.CancelAfter(left >= _patience ? _patience : left > TimeSpan.Zero ? left : TimeSpan.Zero);
    }

    public void Dispose()
    {
        _caller.Dispose();
        _closing.Dispose();
        _source.Dispose();
    }
}
