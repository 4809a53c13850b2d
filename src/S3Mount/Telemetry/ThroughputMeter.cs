namespace S3Mount.Telemetry;

/// <summary>Rates over the last ten seconds, from samples that a timer takes. Any thread.</summary>
internal sealed class ThroughputMeter : IDisposable
{
    /// <summary>Long enough that a figure does not jump about, short enough to be called "now".</summary>
    public static readonly TimeSpan Window = TimeSpan.FromSeconds(10);

    /// <summary>A sample takes some microseconds; an idle machine is woken up once in two seconds.</summary>
    public static readonly TimeSpan Period = TimeSpan.FromSeconds(2);

    private const int Samples = 6;

    private readonly Func<Totals> _read;
    private readonly TimeProvider _timeProvider;
    private readonly Lock _gate = new();
    private readonly Queue<(long Time, Totals Totals)> _samples = new(Samples); // guarded by _gate
    private readonly ITimer _timer;

    /// <param name="read">Any thread; waits for nothing.</param>
    public ThroughputMeter(Func<Totals> read, TimeProvider timeProvider)
    {
        _read = read;
        _timeProvider = timeProvider;
        Sample();
        _timer = timeProvider.CreateTimer(static state => ((ThroughputMeter)state!).Sample(), this, Period, Period);
    }

    public ThroughputFigures Now()
    {
        (long Time, Totals Totals) first;
        lock (_gate)
            first = _samples.Peek();
        Totals now = _read();
        double seconds = _timeProvider.GetElapsedTime(first.Time).TotalSeconds;
        // Who asks at once gets no rate out of nothing.
        if (seconds <= 0)
            return new ThroughputFigures(0, 0, 0, 0, 0);
        return new ThroughputFigures(
            seconds,
            (now.Read - first.Totals.Read) / seconds,
            (now.Store - first.Totals.Store) / seconds,
            (now.Disk - first.Totals.Disk) / seconds,
            (now.Requests - first.Totals.Requests) / seconds);
    }

    public void Dispose() => _timer.Dispose();

    private void Sample()
    {
        Totals totals = _read();
        lock (_gate)
        {
            if (_samples.Count == Samples)
                _samples.Dequeue();
            _samples.Enqueue((_timeProvider.GetTimestamp(), totals));
        }
    }
}
