namespace S3Mount.Testing.S3Server.Http;

/// <summary>One request as it stood on the wire; the target is not normalised in any way.</summary>
internal sealed class ServerRequest
{
    private List<Action>? _whenAnswered;

    public required HttpConnection Connection { get; init; }

    public required string Method { get; init; }

    public required string Target { get; init; }

    public required HeaderList Headers { get; init; }

    /// <summary>Timestamp of the server's <see cref="TimeProvider"/> when the head had been read.</summary>
    public required long Received { get; init; }

    /// <summary>HTTP/1.0 clients and those that say so want no further request on the connection.</summary>
    public required bool KeepsAlive { get; init; }

    public required RequestBody Body { get; init; }

    /// <summary>Has something done once the answer is sent, or cannot be.</summary>
    public void WhenAnswered(Action action) => (_whenAnswered ??= []).Add(action);

    public void Answered()
    {
        foreach (Action action in _whenAnswered ?? [])
            action();
    }
}
