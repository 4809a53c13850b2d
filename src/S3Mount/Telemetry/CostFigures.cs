namespace S3Mount.Telemetry;

/// <summary>What a mount has cost since it began, in the currency of its prices; parts without a price are absent.</summary>
/// <param name="Gets">Of GET and HEAD requests.</param>
/// <param name="Lists">Of LIST requests.</param>
/// <param name="Bytes">Of what was read.</param>
internal sealed record CostFigures(decimal? Gets, decimal? Lists, decimal? Bytes, decimal Total);
