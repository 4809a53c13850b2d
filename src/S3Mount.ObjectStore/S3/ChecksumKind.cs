namespace S3Mount.ObjectStore.S3;

/// <summary>The checksums that S3 sends with an object, by the names that it gives them.</summary>
internal enum ChecksumKind
{
    Crc64Nvme,
    Crc32C,
    Crc32,
    Sha1,
    Sha256,
}
