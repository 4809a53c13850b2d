using System.Net.Security;
using System.Security.Authentication;

namespace S3Mount.Testing.S3Server.Tls;

/// <summary>TLS on a server's connections. Any thread.</summary>
internal sealed class ServerTls(DateTimeOffset now) : IDisposable
{
    private readonly ServerCertificates _certificates = new(now);
    private volatile TlsMode _mode = TlsMode.Good;

    public TlsMode Mode
    {
        get => _mode;
        set => _mode = value;
    }

    public string AuthorityPem => _certificates.AuthorityPem;

    /// <summary>The stream over the connection's own, which it owns.</summary>
    /// <exception cref="AuthenticationException">The client does not go along.</exception>
    public async ValueTask<Stream> SecureAsync(Stream stream, TlsMode mode, CancellationToken cancellationToken)
    {
        var tls = new SslStream(stream);
        try
        {
            await tls.AuthenticateAsServerAsync(new SslServerAuthenticationOptions { ServerCertificate = _certificates.Of(mode) }, cancellationToken);
            return tls;
        }
        catch
        {
            await tls.DisposeAsync();
            throw;
        }
    }

    public void Dispose() => _certificates.Dispose();
}
