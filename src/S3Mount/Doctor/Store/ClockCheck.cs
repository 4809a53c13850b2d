namespace S3Mount.Doctor.Store;

/// <summary>This machine's clock beside the store's.</summary>
internal sealed class ClockCheck(Findings findings) : ICheck
{
    /// <summary>RequestTimeTooSkewed: the request is refused from here on (S3 API, "Error responses").</summary>
    private static readonly TimeSpan _limit = TimeSpan.FromMinutes(15);

    /// <summary>No clock that is kept by NTP is so far off.</summary>
    private static readonly TimeSpan _much = TimeSpan.FromMinutes(1);

    private const string Advice = "keep the clock by NTP (chronyd, systemd-timesyncd)";

    public CheckArea Area => CheckArea.Store;

    public string Name => "clock";

    public Task<CheckResult> RunAsync(CancellationToken cancellationToken)
    {
        if (findings.Contact is not { } contact)
            return Task.FromResult(CheckResult.Skipped("there is no connection"));
        if (contact.ClockOffset is not { } offset)
            return Task.FromResult(CheckResult.Skipped("the store does not tell its time"));
        TimeSpan distance = offset.Duration();
        string found = $"{DoctorText.Span(distance)} {(offset > TimeSpan.Zero ? "behind" : "ahead of")} the store's";
        return Task.FromResult(
            distance >= _limit ? CheckResult.Failed($"{found}: S3 refuses requests from 15 min on; a mount goes on with the store's time, other programs fail", Advice)
            : distance >= _much ? CheckResult.Warning(found, Advice)
            : CheckResult.Ok($"within {DoctorText.Span(TimeSpan.FromSeconds(Math.Ceiling(distance.TotalSeconds)))} of the store's"));
    }
}
