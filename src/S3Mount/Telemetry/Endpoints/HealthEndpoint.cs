using S3Mount.Control;
using S3Mount.Control.Http;

namespace S3Mount.Telemetry.Endpoints;

/// <summary><c>GET /healthz</c>: the process lives, and its thread pool runs what it is given: it runs this.</summary>
internal sealed class HealthEndpoint : IControlEndpoint
{
    public string Method => "GET";

    public string Path => "/healthz";

    public TimeSpan Deadline => TimeSpan.FromSeconds(2);

    public ValueTask<ControlResponse> AnswerAsync(ReadOnlyMemory<byte> body, CancellationToken cancellationToken) => new(ControlResponse.Text(200, "ok\n"));
}
