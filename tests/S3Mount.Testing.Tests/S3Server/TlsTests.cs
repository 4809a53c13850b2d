using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using S3Mount.Testing.S3Server;
using S3Mount.Testing.S3Server.Tls;

namespace S3Mount.Testing.Tests.S3Server;

/// <summary>What a client that trusts the server's authority and no other sees of it.</summary>
public sealed class TlsTests
{
    private const int Length = 300_000;

    private S3TestServer _server = null!;
    private X509Certificate2 _authority = null!;

    [SetUp]
    public async Task Start()
    {
        _server = await S3TestServer.StartAsync(new S3ServerOptions { Anonymous = true, UsesTls = true });
        _server.CreateBucket("bucket").PutRamp("ramp", Length);
        _authority = X509Certificate2.CreateFromPem(_server.AuthorityPem);
    }

    [TearDown]
    public async Task Stop()
    {
        _authority.Dispose();
        await _server.DisposeAsync();
    }

    [Test, CancelAfter(20_000)]
    public async Task A_good_certificate_is_trusted_and_all_bytes_come(CancellationToken cancellationToken)
    {
        Assert.That(_server.Url, Does.StartWith("https://127.0.0.1:"));
        using HttpClient client = CreateClient();
        for (int i = 0; i < 3; i++)
        {
            byte[] body = await client.GetByteArrayAsync($"{_server.Url}/bucket/ramp", cancellationToken);
            Assert.That((body.Length, Ramp.FirstDifference(body, 0)), Is.EqualTo((Length, -1L)));
        }
        Assert.That(_server.Statistics.ConnectionsAccepted, Is.EqualTo(1));
    }

    [TestCase(TlsMode.SelfSigned, SslPolicyErrors.RemoteCertificateChainErrors)]
    [TestCase(TlsMode.Expired, SslPolicyErrors.RemoteCertificateChainErrors)]
    [TestCase(TlsMode.UnknownAuthority, SslPolicyErrors.RemoteCertificateChainErrors)]
    [TestCase(TlsMode.WrongName, SslPolicyErrors.RemoteCertificateNameMismatch)]
    [CancelAfter(20_000)]
    public async Task A_bad_certificate_is_bad_in_one_way_only(TlsMode mode, SslPolicyErrors expected, CancellationToken cancellationToken)
    {
        _server.Tls = mode;
        SslPolicyErrors seen = SslPolicyErrors.None;
        using HttpClient client = CreateClient(errors => seen = errors);
        Exception? failure = null;
        try
        {
            await client.GetByteArrayAsync($"{_server.Url}/bucket/ramp", cancellationToken);
        }
        catch (HttpRequestException exception)
        {
            failure = exception.InnerException;
        }
        Assert.That(failure, Is.InstanceOf<AuthenticationException>());
        Assert.That(seen, Is.EqualTo(expected));
        _server.Tls = TlsMode.Good;
        Assert.That(await client.GetByteArrayAsync($"{_server.Url}/bucket/ramp", cancellationToken), Has.Length.EqualTo(Length));
    }

    [Test, CancelAfter(20_000)]
    public async Task A_handshake_is_never_answered(CancellationToken cancellationToken)
    {
        _server.Tls = TlsMode.Stalled;
        using var connection = new TcpClient("127.0.0.1", _server.Port);
        await using var tls = new SslStream(connection.GetStream());
        Task handshake = tls.AuthenticateAsClientAsync(new SslClientAuthenticationOptions { TargetHost = "localhost" }, cancellationToken);
        while (_server.Statistics.ConnectionsOpen == 0)
            await Task.Yield();
        _server.Tls = TlsMode.Good;
        using HttpClient other = CreateClient();
        Assert.That(await other.GetByteArrayAsync($"{_server.Url}/bucket/ramp", cancellationToken), Has.Length.EqualTo(Length));
        Assert.That(handshake.IsCompleted, Is.False);
        connection.Close();
        Assert.That(async () => await handshake, Throws.Exception);
    }

    [Test, CancelAfter(20_000)]
    public void A_handshake_is_reset(CancellationToken cancellationToken)
    {
        _server.Tls = TlsMode.Reset;
        using HttpClient client = CreateClient();
        Assert.That(async () => await client.GetByteArrayAsync($"{_server.Url}/bucket/ramp", cancellationToken), Throws.InstanceOf<HttpRequestException>().With.InnerException.InstanceOf<IOException>());
    }

    private HttpClient CreateClient(Action<SslPolicyErrors>? seen = null)
    {
        var policy = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
        policy.CustomTrustStore.Add(_authority);
        return new HttpClient(new SocketsHttpHandler
        {
            SslOptions = new SslClientAuthenticationOptions
            {
                CertificateChainPolicy = policy,
                RemoteCertificateValidationCallback = (_, _, _, errors) =>
                {
                    seen?.Invoke(errors);
                    return errors == SslPolicyErrors.None;
                },
            },
        });
    }
}
