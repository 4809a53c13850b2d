using System.Globalization;

namespace S3Mount.Hosting.Services;

/// <summary>
/// Tells systemd again and again that the service lives (WatchdogSec=), as long as it does, and what it is at (the line of
/// <c>systemctl status</c>). Its timer runs on the thread pool: where that hangs, nothing is told, and the service is started anew.
/// </summary>
internal sealed class ServicePulse : IDisposable
{
    public const string IntervalVariable = "WATCHDOG_USEC";
    public const string ProcessVariable = "WATCHDOG_PID";

    /// <summary>Often enough for people; a datagram costs some 20 us.</summary>
    private static readonly TimeSpan _statusInterval = TimeSpan.FromSeconds(5);

    /// <summary>Who waits longer than a century does not wait (2^64 - 1 is systemd's infinity).</summary>
    private static readonly TimeSpan _longestInterval = TimeSpan.FromDays(36_525);

    private readonly ServiceNotifier _notifier;
    private readonly Func<bool> _isAlive;
    private readonly Func<string> _status;
    private readonly ITimer _timer;
    private readonly bool _isWatched;
    private int _isBeating;
    // For the one that beats.
    private string? _told;

    /// <param name="interval">Within which a sign of life is wanted; null: none is.</param>
    /// <param name="isAlive">Quick; any thread.</param>
    /// <param name="status">One line; any thread.</param>
    public ServicePulse(ServiceNotifier notifier, TimeSpan? interval, Func<bool> isAlive, Func<string> status, TimeProvider timeProvider)
    {
        (_notifier, _isAlive, _status, _isWatched) = (notifier, isAlive, status, interval is not null);
        // sd_watchdog_enabled(3): at half of the interval.
        TimeSpan period = interval is { } wanted && wanted / 2 < _statusInterval ? wanted / 2 : _statusInterval;
        _timer = timeProvider.CreateTimer(static state => ((ServicePulse)state!).Beat(), this, period, period);
    }

    /// <summary>What is wanted of this process; null: nothing.</summary>
    public static TimeSpan? IntervalOf(string? microseconds, string? process) =>
        long.TryParse(microseconds, NumberStyles.None, CultureInfo.InvariantCulture, out long number) && number > 0 && number < _longestInterval.Ticks / TimeSpan.TicksPerMicrosecond
            && (string.IsNullOrEmpty(process) || process == Environment.ProcessId.ToString(CultureInfo.InvariantCulture))
            ? TimeSpan.FromMicroseconds(number)
            : null;

    public void Dispose() => _timer.Dispose();

    private void Beat()
    {
        // One that takes longer than the period is followed by one, not joined.
        if (Interlocked.Exchange(ref _isBeating, 1) != 0)
            return;
        if (_isWatched && _isAlive())
            _notifier.Watchdog();
        string status = _status();
        if (status != _told)
            _notifier.Status(_told = status);
        Volatile.Write(ref _isBeating, 0);
    }
}
