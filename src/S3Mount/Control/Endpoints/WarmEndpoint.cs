using System.Text.Json;
using S3Mount.Control.Http;

namespace S3Mount.Control.Endpoints;

/// <summary>
/// <c>POST /v1/warm</c>: a <see cref="WarmRequest"/>, answered with a <see cref="FileSystem.Warming.WarmProgress"/> when all of it
/// is done. A client that goes stops it.
/// </summary>
internal sealed class WarmEndpoint(WarmJobs jobs) : IControlEndpoint
{
    public string Method => "POST";

    public string Path => "/v1/warm";

    /// <summary>A petabyte takes days. Each fetch has a deadline of its own, and the client can go.</summary>
    public TimeSpan Deadline => Timeout.InfiniteTimeSpan;

    public async ValueTask<ControlResponse> AnswerAsync(ReadOnlyMemory<byte> body, CancellationToken cancellationToken)
    {
        WarmRequest request = Parse(body.Span);
        string[] paths = [.. (request.Paths ?? []).Select(path => path.Trim('/'))];
        return ControlResponse.Ok(
            await jobs.RunAsync(request.Job ?? "", paths, request.Check, !request.More, cancellationToken).ConfigureAwait(false), ControlJson.Default.WarmProgress);
    }

    private static WarmRequest Parse(ReadOnlySpan<byte> body)
    {
        try
        {
            WarmRequest request = JsonSerializer.Deserialize(body, ControlJson.Default.WarmRequest) ?? throw new JsonException("null");
            return string.IsNullOrEmpty(request.Job) || (request.Paths ?? []).Contains(null) ? throw new JsonException("incomplete") : request;
        }
        catch (JsonException)
        {
            throw new ControlException(400, """the body is not a document such as {"job": "a name", "paths": ["train"], "check": false, "more": false}""");
        }
    }
}
