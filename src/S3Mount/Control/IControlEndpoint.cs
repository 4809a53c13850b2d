using S3Mount.Control.Http;

namespace S3Mount.Control;

/// <summary>
/// One thing that a mount can be asked over its control socket. Another one is another class in the list of
/// <see cref="Endpoints.ControlEndpoints"/>. Any number of requests at once.
/// </summary>
internal interface IControlEndpoint
{
    /// <summary>GET for what changes nothing, POST for the rest.</summary>
    string Method { get; }

    /// <summary>Versioned: what <c>/v1/status</c> means does not change; more may be told.</summary>
    string Path { get; }

    /// <summary>How long an answer may take.</summary>
    TimeSpan Deadline { get; }

    /// <param name="cancellationToken">Trips with the deadline, when the client goes, and when the mount ends.</param>
    /// <exception cref="ControlException">With the status and the sentence that the client is shown.</exception>
    ValueTask<ControlResponse> AnswerAsync(ReadOnlyMemory<byte> body, CancellationToken cancellationToken);
}
