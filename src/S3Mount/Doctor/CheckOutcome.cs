namespace S3Mount.Doctor;

/// <summary>What a check found.</summary>
internal enum CheckOutcome
{
    Ok,
    /// <summary>Mounting works, but something is not as it should be.</summary>
    Warning,
    /// <summary>Mounting or reading will not work.</summary>
    Failed,
    /// <summary>It could not be looked at, or need not be.</summary>
    Skipped,
}
