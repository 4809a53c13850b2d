namespace S3Mount.ObjectStore.S3;

/// <summary>
/// The deadline of one try: trips when nothing has come for a while, when the caller gives up, or when the store is closed. Each
/// sign of life starts it anew.
/// </summary>
internal sealed class TryClock : IDisposable
{
    private readonly CancellationTokenSource _source;
    private readonly CancellationTokenRegistration _caller;
    private readonly CancellationTokenRegistration _closing;
    private readonly TimeSpan _patience;

    public TryClock(TimeSpan patience, TimeProvider timeProvider, CancellationToken callerToken, CancellationToken closingToken = default)
    {
        _patience = patience;
        _source = new CancellationTokenSource(patience, timeProvider);
        _caller = callerToken.UnsafeRegister(static state => ((CancellationTokenSource)state!).Cancel(), _source);
        _closing = closingToken.UnsafeRegister(static state => ((CancellationTokenSource)state!).Cancel(), _source);
    }

    public CancellationToken Token => _source.Token;

    public void Progress() => _source.CancelAfter(_patience);

    public void Dispose()
    {
        _caller.Dispose();
        _closing.Dispose();
        _source.Dispose();
    }
}
