namespace S3Mount.Control;

/// <summary>The body of <c>POST /v1/explain</c>.</summary>
/// <param name="Path">Below the root of the mount; empty or absent: the root.</param>
internal sealed record ExplainRequest(string? Path);
