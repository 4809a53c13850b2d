using System.Net.Sockets;
using System.Security.Authentication;
using S3Mount.ObjectStore.S3;

namespace S3Mount.Doctor.Store;

/// <summary>A first connection: TCP and TLS, apart.</summary>
internal sealed class ConnectionCheck(StoreAccess access, Findings findings) : ICheck
{
    public CheckArea Area => CheckArea.Store;

    public string Name => "connection";

    public async Task<CheckResult> RunAsync(CancellationToken cancellationToken)
    {
        if (findings.Place is not { } place || !findings.IsHostKnown)
            return CheckResult.Skipped("there is no host to connect to");
        try
        {
            S3Contact contact = findings.Contact = await access.ContactAsync(cancellationToken).ConfigureAwait(false);
            string secured = contact.HandshakeTime is { } handshake ? $", {NameOf(contact.Protocol)} in {DoctorText.Time(handshake)}" : ", without TLS";
            return CheckResult.Ok($"{contact.Address}, TCP in {DoctorText.Time(contact.ConnectTime)}{secured}");
        }
        catch (HttpRequestException e)
        {
            return CheckResult.Failed($"{place.Address.Scheme}://{place.Address.Authority}: {Describe(e)}", Advice(e, place));
        }
    }

    private static string Describe(HttpRequestException failure) => UrlText.Redact(failure.GetBaseException().Message).ReplaceLineEndings(" ");

    private static string Advice(HttpRequestException failure, S3Place place) => failure.HttpRequestError switch
    {
        HttpRequestError.SecureConnectionError when failure.GetBaseException() is AuthenticationException =>
            "if its certificate is of an authority of your own, name that with --ca-bundle; else the host is another than it says, or the clock is wrong",
        HttpRequestError.SecureConnectionError => $"it may not speak TLS: try --endpoint-url http://{place.Address.Authority}",
        HttpRequestError.ProxyTunnelError => "the proxy refuses: check HTTPS_PROXY and NO_PROXY",
        HttpRequestError.NameResolutionError => $"check the resolver: getent hosts {place.Address.IdnHost}",
        _ when failure.GetBaseException() is SocketException { SocketErrorCode: SocketError.ConnectionRefused } =>
            $"nothing listens there: check the address and port ({place.EndpointSource}), and that the store runs",
        HttpRequestError.InvalidResponse or HttpRequestError.ResponseEnded => $"it does not speak HTTP here: check the port, and try --endpoint-url {(place.Address.Scheme == "http" ? "https" : "http")}://{place.Address.Authority}",
        _ => $"check the address ({place.EndpointSource}), routes, security groups and firewalls",
    };

    private static string NameOf(SslProtocols? protocol) => protocol switch
    {
        SslProtocols.Tls12 => "TLS 1.2",
        SslProtocols.Tls13 => "TLS 1.3",
        _ => "TLS",
    };
}
