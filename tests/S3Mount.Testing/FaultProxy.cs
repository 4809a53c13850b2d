using System.Globalization;
using System.Net.Http.Headers;
using S3Mount.Testing.S3Server;
using S3Mount.Testing.S3Server.Faults;
using S3Mount.Testing.S3Server.Http;

namespace S3Mount.Testing;

/// <summary>
/// Stands before a real store and lets its answers go wrong by the same rules as <see cref="S3TestServer"/>. It hands on requests
/// without a body, as they are signed: with the host that the client named, in path style. Effects that change how a request is
/// handled (conditions, ranges and tokens that count for nothing) do nothing here. Any thread.
/// </summary>
public sealed class FaultProxy : IAsyncDisposable
{
    // They are of one connection each, and the proxy makes its own.
    private static readonly string[] _hopByHop = ["Connection", "Keep-Alive", "Transfer-Encoding", "Host"];

    private readonly string _store;
    private readonly HttpServer _http;
    // A store that does not answer must not hang a test for ever; those here answer within seconds.
    private readonly HttpClient _client = new(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false, UseProxy = false, ActivityHeadersPropagator = null })
    {
        Timeout = TimeSpan.FromSeconds(60),
    };

    /// <param name="store">The store's endpoint, without a slash at its end.</param>
    public FaultProxy(string store)
    {
        _store = store;
        _http = new HttpServer(0, TimeProvider.System, null, HandleAsync);
        Url = string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{_http.Port}");
    }

    /// <summary>The endpoint, without a slash at its end.</summary>
    public string Url { get; }

    public FaultTable Faults { get; } = new(TimeProvider.System);

    /// <summary>What happens to connections that clients make from now on.</summary>
    public ConnectionMode Connections
    {
        get => _http.Mode;
        set => _http.Mode = value;
    }

    /// <summary>Resets all connections that are open now; new ones are welcome.</summary>
    public void ResetConnections() => _http.ResetConnections();

    public async ValueTask DisposeAsync()
    {
        await _http.DisposeAsync();
        _client.Dispose();
    }

    private async ValueTask<ServerResponse> HandleAsync(ServerRequest http, CancellationToken cancellationToken)
    {
        S3Request request;
        try
        {
            request = new S3Request(http, S3Target.Parse(http.Target, host: null, hostSuffix: ""));
        }
        catch (S3Exception exception)
        {
            throw new HttpException(exception.Status, exception.Message);
        }
        FaultCase[] faults = Faults.Take(request);
        foreach (FaultCase fault in faults)
            await fault.Effect.BeforeAsync(request, cancellationToken);
        ServerResponse response = faults.Select(fault => fault.Effect.Answer(request)).FirstOrDefault(answer => answer is not null)
            ?? await ForwardAsync(http, cancellationToken);
        foreach (FaultCase fault in faults)
            fault.Effect.Alter(fault, response);
        return response;
    }

    private async ValueTask<ServerResponse> ForwardAsync(ServerRequest http, CancellationToken cancellationToken)
    {
        if (http.Method is not ("GET" or "HEAD"))
            throw new HttpException(501, "Only what has no body goes through here.");
        var uri = new Uri(_store + http.Target, new UriCreationOptions { DangerousDisablePathAndQueryCanonicalization = true });
        using var request = new HttpRequestMessage(new HttpMethod(http.Method), uri);
        request.Headers.Host = http.Headers["Host"];
        foreach (KeyValuePair<string, string> header in http.Headers)
        {
            if (!IsHopByHop(header.Key))
                request.Headers.TryAddWithoutValidation(header.Key, header.Value);
        }
        try
        {
            using HttpResponseMessage answer = await _client.SendAsync(request, cancellationToken);
            return await CopyAsync(answer, isHead: http.Method == "HEAD", cancellationToken);
        }
        catch (HttpRequestException exception)
        {
            return new ServerResponse(502, System.Text.Encoding.UTF8.GetBytes(exception.Message));
        }
    }

    private static async ValueTask<ServerResponse> CopyAsync(HttpResponseMessage answer, bool isHead, CancellationToken cancellationToken)
    {
        var response = new ServerResponse((int)answer.StatusCode, await answer.Content.ReadAsByteArrayAsync(cancellationToken));
        foreach ((string name, HeaderStringValues values) in answer.Headers.NonValidated.Concat(answer.Content.Headers.NonValidated))
        {
            // The length of what is sent is known better here, but the answer to a HEAD has only that of the object.
            if (!IsHopByHop(name) && (isHead || !name.Equals("Content-Length", StringComparison.OrdinalIgnoreCase)))
                response.Headers[name] = values.ToString();
        }
        return response;
    }

    private static bool IsHopByHop(string name) => _hopByHop.Contains(name, StringComparer.OrdinalIgnoreCase);
}
