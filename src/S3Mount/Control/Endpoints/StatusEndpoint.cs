using S3Mount.Control.Http;

namespace S3Mount.Control.Endpoints;

/// <summary><c>GET /v1/status</c>: a <see cref="MountStatus"/>.</summary>
internal sealed class StatusEndpoint(Func<MountStatus> status) : IControlEndpoint
{
    public string Method => "GET";

    public string Path => "/v1/status";

    /// <summary>Nothing is waited for.</summary>
    public TimeSpan Deadline => TimeSpan.FromSeconds(2);

    public ValueTask<ControlResponse> AnswerAsync(ReadOnlyMemory<byte> body, CancellationToken cancellationToken) =>
        new(ControlResponse.Ok(status(), ControlJson.Default.MountStatus));
}
