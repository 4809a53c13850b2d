namespace S3Mount.MountTests.Stores;

/// <summary>What was put under a key.</summary>
/// <param name="Sha256">Lower-case hexadecimal.</param>
internal sealed record ObjectDigest(long Length, string Sha256);
