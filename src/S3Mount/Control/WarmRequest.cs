namespace S3Mount.Control;

/// <summary>The body of <c>POST /v1/warm</c>: paths that are added to a job.</summary>
/// <param name="Job">A name that the client has made up; the first request with it begins the job.</param>
/// <param name="Paths">Below the root of the mount, in the order in which they are wanted; an empty one is the root.</param>
/// <param name="Check">Nothing is fetched, only counted. Of the first request.</param>
/// <param name="More">Another request will follow: the answer comes when the last of these has been begun, not when all is done.</param>
internal sealed record WarmRequest(string? Job, string[]? Paths, bool Check, bool More);
