namespace S3Mount.Doctor;

/// <summary>All that was found, as <c>s3mount doctor --json</c> shows it.</summary>
/// <param name="Target">What was looked at, such as <c>s3://bucket/prefix/</c>; absent for the machine alone.</param>
/// <param name="IsStopped">It was interrupted: checks are missing.</param>
/// <param name="Recommended">Options that suit.</param>
/// <param name="Command">The command line that mounts with them; absent when nothing can be mounted.</param>
internal sealed record DoctorReport(string Version, string? Target, IReadOnlyList<CheckReport> Checks, bool IsStopped, IReadOnlyList<Recommendation> Recommended, string? Command)
{
    /// <summary>Nothing failed, and all was looked at.</summary>
    public bool IsHealthy => !IsStopped && Checks.All(check => check.Outcome != CheckOutcome.Failed);

    public int Count(CheckOutcome outcome) => Checks.Count(check => check.Outcome == outcome);
}
