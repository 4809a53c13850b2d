namespace S3Mount.Control;

/// <summary>The body of <c>POST /v1/refresh</c>.</summary>
/// <param name="Path">Below the root of the mount; empty or absent: the root.</param>
/// <param name="Recursive">Also all directories below that are known.</param>
internal sealed record RefreshRequest(string? Path, bool Recursive);
