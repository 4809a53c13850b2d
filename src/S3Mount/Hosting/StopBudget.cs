namespace S3Mount.Hosting;

/// <summary>How much time is left to a mount that was told to stop. Any thread.</summary>
internal sealed class StopBudget(TimeProvider timeProvider)
{
    /// <summary>
    /// From the signal on, all steps together. Whoever sent it waits 10 s at most (docker stop; Kubernetes 30 s, systemd 90 s); what is
    /// left of them is for the log and for <see cref="LastExit"/>.
    /// </summary>
    public static readonly TimeSpan Total = TimeSpan.FromSeconds(7.5);

    private long _began;

    /// <summary>The signal has come; the first one counts.</summary>
    public void Begin() => Interlocked.CompareExchange(ref _began, Math.Max(1, timeProvider.GetTimestamp()), 0);

    /// <summary>What a step may take.</summary>
    /// <param name="most">Whatever is left, and before the signal.</param>
    /// <param name="reserve">For the steps that follow.</param>
    public TimeSpan Left(TimeSpan most, TimeSpan reserve = default)
    {
        long began = Interlocked.Read(ref _began);
        if (began == 0)
            return most;
        TimeSpan left = Total - reserve - timeProvider.GetElapsedTime(began);
        return left <= TimeSpan.Zero ? TimeSpan.Zero : left < most ? left : most;
    }
}
