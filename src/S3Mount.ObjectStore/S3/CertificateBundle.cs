using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace S3Mount.ObjectStore.S3;

/// <summary>Certificates from a PEM file, trusted besides the system's.</summary>
internal static class CertificateBundle
{
    /// <exception cref="ObjectStoreException">Rejected: the file cannot be read, or holds no certificate.</exception>
    public static X509ChainPolicy Load(string path)
    {
        X509Certificate2Collection bundle = Read(path);
        var policy = new X509ChainPolicy
        {
            // Custom trust replaces the system's, so the system's roots are added to it.
            TrustMode = X509ChainTrustMode.CustomRootTrust,
            RevocationMode = X509RevocationMode.NoCheck,
        };
        using (var system = new X509Store(StoreName.Root, StoreLocation.LocalMachine, OpenFlags.ReadOnly))
            policy.CustomTrustStore.AddRange(system.Certificates);
        foreach (X509Certificate2 certificate in bundle)
        {
            bool isRoot = certificate.SubjectName.RawData.AsSpan().SequenceEqual(certificate.IssuerName.RawData);
            (isRoot ? policy.CustomTrustStore : policy.ExtraStore).Add(certificate);
        }
        return policy;
    }

    /// <summary>Only says whether the file is a bundle.</summary>
    /// <exception cref="ObjectStoreException">As for <see cref="Load"/>.</exception>
    public static void Check(string path)
    {
        foreach (X509Certificate2 certificate in Read(path))
            certificate.Dispose();
    }

    private static X509Certificate2Collection Read(string path)
    {
        var bundle = new X509Certificate2Collection();
        try
        {
            bundle.ImportFromPemFile(path);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or CryptographicException)
        {
            throw new ObjectStoreException(ObjectStoreFailure.Rejected, $"the CA bundle {path} cannot be read: {exception.Message}", exception);
        }
        if (bundle.Count == 0)
            throw new ObjectStoreException(ObjectStoreFailure.Rejected, $"the CA bundle {path} holds no certificate in PEM form");
        return bundle;
    }
}
