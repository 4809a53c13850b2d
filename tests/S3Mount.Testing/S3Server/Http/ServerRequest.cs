namespace S3Mount.Testing.S3Server.Http;

/// <summary>One request as it stood on the wire; the target is not normalised in any way.</summary>
internal sealed class ServerRequest
{
    public required HttpConnection Connection { get; init; }

    public required string Method { get; init; }

    public required string Target { get; init; }

    public required HeaderList Headers { get; init; }

    /// <summary>Timestamp of the server's <see cref="TimeProvider"/> when the head had been read.</summary>
    public required long Received { get; init; }

    /// <summary>HTTP/1.0 clients and those that say so want no further request on the connection.</summary>
    public required bool KeepsAlive { get; init; }

    public required RequestBody Body { get; init; }
}
