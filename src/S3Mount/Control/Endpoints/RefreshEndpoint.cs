using System.Text.Json;
using S3Mount.Control.Http;
using S3Mount.FileSystem;
using S3Mount.ObjectStore;

namespace S3Mount.Control.Endpoints;

/// <summary><c>POST /v1/refresh</c>: a <see cref="RefreshRequest"/>, answered with a <see cref="RefreshResult"/> when all of it is done.</summary>
internal sealed class RefreshEndpoint(Func<string, bool, CancellationToken, Task<RefreshResult>> refresh) : IControlEndpoint
{
    /// <summary>A million directories at 32 listings of 60 ms at a time; whoever does not want to wait so long goes, and ends it.</summary>
    public static readonly TimeSpan Longest = TimeSpan.FromHours(1);

    public string Method => "POST";

    public string Path => "/v1/refresh";

    public TimeSpan Deadline => Longest;

    public async ValueTask<ControlResponse> AnswerAsync(ReadOnlyMemory<byte> body, CancellationToken cancellationToken)
    {
        RefreshRequest request = Parse(body.Span);
        string path = InsidePath.Parse(request.Path);
        try
        {
            return ControlResponse.Ok(await refresh(path, request.Recursive, cancellationToken).ConfigureAwait(false), ControlJson.Default.RefreshResult);
        }
        catch (ObjectStoreException e)
        {
            throw new ControlException(502, e.Message);
        }
    }

    private static RefreshRequest Parse(ReadOnlySpan<byte> body)
    {
        try
        {
            return JsonSerializer.Deserialize(body, ControlJson.Default.RefreshRequest) ?? throw new JsonException("null");
        }
        catch (JsonException)
        {
            throw new ControlException(400, """the body is not a document such as {"path": "train", "recursive": false}""");
        }
    }
}
