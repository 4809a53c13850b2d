namespace S3Mount.Testing;

/// <summary>A timer of <see cref="FakeTimeProvider"/>, whose lock guards its properties.</summary>
internal sealed class FakeTimer : ITimer
{
    private readonly FakeTimeProvider _time;
    private readonly TimerCallback _callback;
    private readonly object? _state;

    public FakeTimer(FakeTimeProvider time, TimerCallback callback, object? state) => (_time, _callback, _state) = (time, callback, state);

    public long DueTicks { get; set; }

    public TimeSpan Period { get; set; }

    public bool IsDisposed { get; set; }

    public void Fire() => _callback(_state);

    public bool Change(TimeSpan dueTime, TimeSpan period) => _time.Set(this, dueTime, period);

    public void Dispose() => _time.Remove(this);

    public ValueTask DisposeAsync()
    {
        Dispose();
        return ValueTask.CompletedTask;
    }
}
