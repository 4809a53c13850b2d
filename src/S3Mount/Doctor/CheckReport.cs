namespace S3Mount.Doctor;

/// <summary>One line of the report.</summary>
/// <param name="Name">Short, the same for ever: scripts look for it.</param>
/// <param name="Advice">What to do; absent when there is nothing to do.</param>
internal sealed record CheckReport(CheckArea Area, string Name, CheckOutcome Outcome, string Detail, string? Advice)
{
    public static CheckReport Of(ICheck check, CheckResult result) => new(check.Area, check.Name, result.Outcome, result.Detail, result.Advice);
}
