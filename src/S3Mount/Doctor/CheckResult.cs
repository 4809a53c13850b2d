namespace S3Mount.Doctor;

/// <summary>What a check found, in one line, and what to do about it.</summary>
internal sealed record CheckResult
{
    private CheckResult(CheckOutcome outcome, string detail, string? advice)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(detail);
        if (outcome is CheckOutcome.Warning or CheckOutcome.Failed)
            ArgumentException.ThrowIfNullOrWhiteSpace(advice);
        (Outcome, Detail, Advice) = (outcome, detail, advice);
    }

    public CheckOutcome Outcome { get; }

    public string Detail { get; }

    /// <summary>Never null of a warning or a failure.</summary>
    public string? Advice { get; }

    public static CheckResult Ok(string detail) => new(CheckOutcome.Ok, detail, null);

    public static CheckResult Warning(string detail, string advice) => new(CheckOutcome.Warning, detail, advice);

    public static CheckResult Failed(string detail, string advice) => new(CheckOutcome.Failed, detail, advice);

    /// <param name="because">Completes "skipped because ...".</param>
    public static CheckResult Skipped(string because) => new(CheckOutcome.Skipped, because, null);
}
