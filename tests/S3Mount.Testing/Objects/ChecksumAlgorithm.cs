namespace S3Mount.Testing.Objects;

/// <summary>S3 User Guide, "Checking object integrity for data uploads": the algorithms of both kinds of checksum.</summary>
public enum ChecksumAlgorithm
{
    Crc32,
    Crc32C,
    Crc64Nvme,
    Sha1,
    Sha256,
}
