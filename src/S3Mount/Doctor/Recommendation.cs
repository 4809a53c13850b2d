namespace S3Mount.Doctor;

/// <summary>An option that suits this machine and store.</summary>
/// <param name="Option">With its dashes.</param>
/// <param name="Value">Null for a flag.</param>
/// <param name="Reason">The measurement that it rests on, without a full stop.</param>
internal sealed record Recommendation(string Option, string? Value, string Reason);
