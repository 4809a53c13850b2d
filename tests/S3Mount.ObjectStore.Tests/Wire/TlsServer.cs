using System.Globalization;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace S3Mount.ObjectStore.Tests.Wire;

/// <summary>Answers every request with an empty list page, over TLS, with a certificate that an authority of its own has signed.</summary>
internal sealed class TlsServer : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stopped = new();
    private readonly X509Certificate2 _certificate;
    private readonly Task _serving;

    public TlsServer()
    {
        using var authorityKey = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var authorityRequest = new CertificateRequest("CN=s3mount test authority", authorityKey, HashAlgorithmName.SHA256);
        authorityRequest.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        DateTimeOffset now = DateTimeOffset.UtcNow;
        using X509Certificate2 authority = authorityRequest.CreateSelfSigned(now.AddDays(-1), now.AddDays(1));
        AuthorityPem = authority.ExportCertificatePem();

        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=127.0.0.1", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddIpAddress(IPAddress.Loopback);
        request.CertificateExtensions.Add(names.Build());
        using X509Certificate2 signed = request.Create(authority, now.AddDays(-1), now.AddHours(12), [1, 2, 3]);
        _certificate = signed.CopyWithPrivateKey(key);
        _listener.Start();
        _serving = ServeAsync();
    }

    public string AuthorityPem { get; }

    public string Url => string.Create(CultureInfo.InvariantCulture, $"https://127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}");

    public async ValueTask DisposeAsync()
    {
        await _stopped.CancelAsync();
        _listener.Stop();
        await _serving;
        _stopped.Dispose();
        _listener.Dispose();
        _certificate.Dispose();
    }

    private async Task ServeAsync()
    {
        while (!_stopped.IsCancellationRequested)
        {
            try
            {
                using TcpClient client = await _listener.AcceptTcpClientAsync(_stopped.Token);
                await using var tls = new SslStream(client.GetStream());
                await tls.AuthenticateAsServerAsync(new SslServerAuthenticationOptions { ServerCertificate = _certificate }, _stopped.Token);
                byte[] buffer = new byte[8192];
                await tls.ReadAtLeastAsync(buffer, 1, cancellationToken: _stopped.Token);
                await tls.WriteAsync((ScriptedAnswer.EmptyPage with { CloseAfter = true }).Bytes, _stopped.Token);
            }
            catch (Exception exception) when (exception is OperationCanceledException or SocketException or IOException or AuthenticationException or ObjectDisposedException)
            {
                // A client that does not trust the certificate hangs up.
            }
        }
    }
}
