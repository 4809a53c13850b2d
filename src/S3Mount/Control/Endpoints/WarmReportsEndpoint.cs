using S3Mount.Control.Http;

namespace S3Mount.Control.Endpoints;

/// <summary><c>GET /v1/warm</c>: a <see cref="WarmReport"/> for each job that is under way.</summary>
internal sealed class WarmReportsEndpoint(WarmJobs jobs) : IControlEndpoint
{
    public string Method => "GET";

    public string Path => "/v1/warm";

    /// <summary>Nothing is waited for.</summary>
    public TimeSpan Deadline => TimeSpan.FromSeconds(2);

    public ValueTask<ControlResponse> AnswerAsync(ReadOnlyMemory<byte> body, CancellationToken cancellationToken) =>
        new(ControlResponse.Ok(jobs.Reports, ControlJson.Default.WarmReportArray));
}
