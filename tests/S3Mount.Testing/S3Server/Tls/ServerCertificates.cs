using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace S3Mount.Testing.S3Server.Tls;

/// <summary>An authority that lives as long as a server, and certificates good and bad. Any thread.</summary>
internal sealed class ServerCertificates : IDisposable
{
    private const string AuthorityName = "CN=s3mount test authority";

    private static readonly TimeSpan _day = TimeSpan.FromDays(1);

    private readonly DateTimeOffset _now;
    private readonly X509Certificate2 _authority;
    private readonly X509Certificate2 _otherAuthority;
    private readonly Dictionary<TlsMode, X509Certificate2> _certificates;

    public ServerCertificates(DateTimeOffset now)
    {
        _now = now;
        _authority = CreateAuthority();
        _otherAuthority = CreateAuthority();
        _certificates = new Dictionary<TlsMode, X509Certificate2>
        {
            [TlsMode.Good] = Create("localhost", IPAddress.Loopback, _authority, _now - _day, _now + _day),
            [TlsMode.SelfSigned] = Create("localhost", IPAddress.Loopback, null, _now - _day, _now + _day),
            [TlsMode.Expired] = Create("localhost", IPAddress.Loopback, _authority, _now - (2 * _day), _now - _day),
            [TlsMode.WrongName] = Create("elsewhere.example", IPAddress.Parse("192.0.2.1"), _authority, _now - _day, _now + _day),
            [TlsMode.UnknownAuthority] = Create("localhost", IPAddress.Loopback, _otherAuthority, _now - _day, _now + _day),
        };
    }

    /// <summary>What a client must trust.</summary>
    public string AuthorityPem => _authority.ExportCertificatePem();

    public X509Certificate2 Of(TlsMode mode) => _certificates[mode];

    public void Dispose()
    {
        foreach (X509Certificate2 certificate in _certificates.Values)
            certificate.Dispose();
        _authority.Dispose();
        _otherAuthority.Dispose();
    }

    // It has begun before and ends after all that it signs.
    private X509Certificate2 CreateAuthority()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest(AuthorityName, key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        return request.CreateSelfSigned(_now - (3 * _day), _now + (3 * _day));
    }

    private static X509Certificate2 Create(string name, IPAddress address, X509Certificate2? authority, DateTimeOffset begin, DateTimeOffset end)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=" + name, key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName(name);
        names.AddIpAddress(address);
        request.CertificateExtensions.Add(names.Build());
        if (authority is null)
            return request.CreateSelfSigned(begin, end);
        using X509Certificate2 signed = request.Create(authority, begin, end, RandomNumberGenerator.GetBytes(8));
        return signed.CopyWithPrivateKey(key);
    }
}
