namespace S3Mount.Benchmarks.Results;

/// <summary>One floor that the read path must reach.</summary>
/// <param name="Measured">Empty where it was not measured.</param>
internal readonly record struct Target(string Row, string Floor, string Measured, bool IsMet);
