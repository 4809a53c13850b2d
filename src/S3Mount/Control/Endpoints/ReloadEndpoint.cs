using S3Mount.CommandLine;
using S3Mount.Control.Http;
using S3Mount.Hosting.Datasets;

namespace S3Mount.Control.Endpoints;

/// <summary><c>POST /v1/reload</c>: answered with a <see cref="ReloadReport"/> when what the file says now is shown.</summary>
/// <param name="reload">Null: this mount has nothing that could change.</param>
internal sealed class ReloadEndpoint(Func<CancellationToken, Task<ReloadReport>>? reload) : IControlEndpoint
{
    public string Method => "POST";

    public string Path => "/v1/reload";

    public TimeSpan Deadline => DatasetReload.Longest;

    public async ValueTask<ControlResponse> AnswerAsync(ReadOnlyMemory<byte> body, CancellationToken cancellationToken)
    {
        if (reload is null)
            throw new ControlException(409, "this mount shows one prefix, and its options are read when it begins: unmount it and mount it again (or systemctl restart)");
        try
        {
            return ControlResponse.Ok(await reload(cancellationToken).ConfigureAwait(false), ControlJson.Default.ReloadReport);
        }
        catch (UsageException e)
        {
            throw new ControlException(422, $"nothing has changed: {e.Message}");
        }
    }
}
