namespace S3Mount.Control.Http;

/// <summary>A request as a client has sent it.</summary>
/// <param name="Path">As it stands in the request line; no query is known yet.</param>
internal sealed record ControlRequest(string Method, string Path, ReadOnlyMemory<byte> Body);
