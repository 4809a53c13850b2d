using System.Text.Json;
using S3Mount.Control.Http;
using S3Mount.FileSystem.Explaining;
using S3Mount.ObjectStore;

namespace S3Mount.Control.Endpoints;

/// <summary><c>POST /v1/explain</c>: an <see cref="ExplainRequest"/>, answered with a <see cref="FileExplanation"/>, or 404.</summary>
internal sealed class ExplainEndpoint(Func<string, CancellationToken, Task<FileExplanation?>> explain) : IControlEndpoint
{
    /// <summary>A path of thirty directories that are not known costs as many requests; a store in trouble is not waited for longer.</summary>
    public static readonly TimeSpan Longest = TimeSpan.FromSeconds(30);

    public string Method => "POST";

    public string Path => "/v1/explain";

    public TimeSpan Deadline => Longest;

    public async ValueTask<ControlResponse> AnswerAsync(ReadOnlyMemory<byte> body, CancellationToken cancellationToken)
    {
        string path = InsidePath.Parse(Parse(body.Span).Path);
        try
        {
            FileExplanation explanation = await explain(path, cancellationToken).ConfigureAwait(false) ?? throw new ControlException(404, $"there is no {path} in the store");
            return ControlResponse.Ok(explanation, ControlJson.Default.FileExplanation);
        }
        catch (ObjectStoreException e)
        {
            throw new ControlException(502, e.Message);
        }
    }

    private static ExplainRequest Parse(ReadOnlySpan<byte> body)
    {
        try
        {
            return JsonSerializer.Deserialize(body, ControlJson.Default.ExplainRequest) ?? throw new JsonException("null");
        }
        catch (JsonException)
        {
            throw new ControlException(400, """the body is not a document such as {"path": "train/cat/1.jpg"}""");
        }
    }
}
