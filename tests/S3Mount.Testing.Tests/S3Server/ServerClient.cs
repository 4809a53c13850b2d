using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Xml.Linq;
using S3Mount.Testing.S3Server;

namespace S3Mount.Testing.Tests.S3Server;

/// <summary>A server that asks for no signatures, and plain HTTP requests to it.</summary>
internal sealed class ServerClient : IAsyncDisposable
{
    public static readonly XNamespace Namespace = "http://s3.amazonaws.com/doc/2006-03-01/";

    private readonly HttpClient _http = new(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false, ActivityHeadersPropagator = null });

    private ServerClient(S3TestServer server, S3Bucket bucket) => (Server, Bucket) = (server, bucket);

    public S3TestServer Server { get; }

    public S3Bucket Bucket { get; }

    public static async Task<ServerClient> StartAsync(S3ServerOptions? options = null)
    {
        S3TestServer server = await S3TestServer.StartAsync((options ?? new S3ServerOptions()) with { Anonymous = true });
        return new ServerClient(server, server.CreateBucket("bucket"));
    }

    /// <param name="target">What follows <c>/bucket</c>, escaped.</param>
    public Task<HttpResponseMessage> SendAsync(HttpMethod method, string target, CancellationToken cancellationToken, params (string Name, string Value)[] headers) =>
        SendRawAsync(method, "/bucket" + target, cancellationToken, headers);

    public Task<HttpResponseMessage> GetAsync(string target, CancellationToken cancellationToken, params (string Name, string Value)[] headers) =>
        SendAsync(HttpMethod.Get, target, cancellationToken, headers);

    public async Task<HttpResponseMessage> SendRawAsync(HttpMethod method, string target, CancellationToken cancellationToken, params (string Name, string Value)[] headers)
    {
        var uri = new Uri(Server.Url + target, new UriCreationOptions { DangerousDisablePathAndQueryCanonicalization = true });
        using var request = new HttpRequestMessage(method, uri);
        foreach ((string name, string value) in headers)
        {
            if (name == "body")
                request.Content = new ByteArrayContent(Encoding.UTF8.GetBytes(value));
            else
                request.Headers.TryAddWithoutValidation(name, value);
        }
        return await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
    }

    public async Task<XElement> ListAsync(string query, CancellationToken cancellationToken)
    {
        using HttpResponseMessage response = await GetAsync("?" + query, cancellationToken);
        Assert.That(response.StatusCode, Is.EqualTo(HttpStatusCode.OK));
        return XElement.Parse(await response.Content.ReadAsStringAsync(cancellationToken));
    }

    public static string[] Keys(XElement page) => [.. page.Elements(Namespace + "Contents").Select(element => element.Element(Namespace + "Key")!.Value)];

    public static string[] Prefixes(XElement page) => [.. page.Elements(Namespace + "CommonPrefixes").Select(element => element.Element(Namespace + "Prefix")!.Value)];

    /// <summary>Status, and the code of the error document where there is one.</summary>
    public static async Task<string> OutcomeAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        string body = await response.Content.ReadAsStringAsync(cancellationToken);
        string? code = response.Content.Headers.ContentType is MediaTypeHeaderValue { MediaType: "application/xml" } && body.Length > 0
            ? XElement.Parse(body).Element("Code")?.Value
            : null;
        return code is null ? $"{(int)response.StatusCode}" : $"{(int)response.StatusCode} {code}";
    }

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        await Server.DisposeAsync();
    }
}
