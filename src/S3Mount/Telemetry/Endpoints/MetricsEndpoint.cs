using S3Mount.Control;
using S3Mount.Control.Http;
using S3Mount.Telemetry.Prometheus;

namespace S3Mount.Telemetry.Endpoints;

/// <summary><c>GET /metrics</c>: the text format of Prometheus.</summary>
internal sealed class MetricsEndpoint(ServedState state) : IControlEndpoint
{
    public string Method => "GET";

    public string Path => "/metrics";

    /// <summary>Nothing is waited for; a scrape takes a millisecond.</summary>
    public TimeSpan Deadline => TimeSpan.FromSeconds(5);

    public ValueTask<ControlResponse> AnswerAsync(ReadOnlyMemory<byte> body, CancellationToken cancellationToken) => new(
        state.Mount is { } mount
            ? ControlResponse.Text(200, MetricsText.Write(mount.GetStatus(), mount.Telemetry), PrometheusText.ContentType)
            : ControlResponse.Text(503, (state.WhyNotReady() ?? "the mount has just begun: ask again") + "\n"));
}
