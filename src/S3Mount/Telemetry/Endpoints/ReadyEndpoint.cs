using S3Mount.Control;
using S3Mount.Control.Http;

namespace S3Mount.Telemetry.Endpoints;

/// <summary>
/// <c>GET /readyz</c>: 200 while the mount answers. A store in trouble leaves it so: what is cached is still read, and who waits, waits with a
/// deadline.
/// </summary>
internal sealed class ReadyEndpoint(ServedState state) : IControlEndpoint
{
    public string Method => "GET";

    public string Path => "/readyz";

    public TimeSpan Deadline => TimeSpan.FromSeconds(2);

    public ValueTask<ControlResponse> AnswerAsync(ReadOnlyMemory<byte> body, CancellationToken cancellationToken) =>
        new(state.WhyNotReady() is { } reason ? ControlResponse.Text(503, reason + "\n") : ControlResponse.Text(200, "ready\n"));
}
