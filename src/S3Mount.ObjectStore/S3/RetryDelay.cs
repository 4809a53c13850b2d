namespace S3Mount.ObjectStore.S3;

/// <summary>
/// Exponential backoff with full jitter ("Exponential Backoff And Jitter", AWS Architecture Blog): any moment between none and
/// the bound, so that many readers that were throttled together do not come back together.
/// </summary>
internal static class RetryDelay
{
    // A busy partition of S3 answers again within some hundred milliseconds; a first try at 100 ms at the latest costs a healthy
    // store nothing, since a broken connection is the usual reason.
    private static readonly TimeSpan _first = TimeSpan.FromMilliseconds(100);

    // How long a store that has come back may go unnoticed.
    private static readonly TimeSpan _longest = TimeSpan.FromSeconds(10);

    // One request a second is nothing to any store, and a restart of a gateway behind a balancer takes no longer.
    private static readonly TimeSpan _firstProbe = TimeSpan.FromSeconds(1);

    // Retry-After tells all who were refused together to come back together. Half as long again spreads them over a time in
    // proportion to what the store asked for, and never before it.
    private const double Spread = 0.5;

    /// <param name="attempt">0 after the first try, and again after one that brought bytes.</param>
    /// <param name="asked">What the store asked for with Retry-After; zero when it did not.</param>
    public static TimeSpan Next(int attempt, TimeSpan asked, Random random)
    {
        // 100 ms doubled seven times is above the longest delay.
        TimeSpan bound = _first * (1 << Math.Min(attempt, 7));
        if (bound > _longest)
            bound = _longest;
        double jitter = random.NextDouble();
        TimeSpan delay = bound * jitter;
        TimeSpan heeded = (asked < _longest ? asked : _longest) * (1 + Spread * jitter);
        return delay > heeded ? delay : heeded;
    }

    /// <summary>
    /// How long after one probe of a store in trouble the next one follows: half of the bound is jitter, so that the machines of a
    /// cluster do not probe together.
    /// </summary>
    /// <param name="probes">Those before it that were not answered.</param>
    public static TimeSpan BetweenProbes(int probes, Random random)
    {
        // A second doubled four times is above the longest delay.
        TimeSpan bound = _firstProbe * (1 << Math.Min(probes, 4));
        return (bound < _longest ? bound : _longest) * (1 - random.NextDouble() / 2);
    }
}
