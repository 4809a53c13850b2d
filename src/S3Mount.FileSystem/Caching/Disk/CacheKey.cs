using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using S3Mount.ObjectStore;

namespace S3Mount.FileSystem.Caching.Disk;

/// <summary>
/// Names one version of an object, or a granule of it, whatever mount it was read through: 128 bits of a SHA-256 over store,
/// bucket, key, ETag and size. Two that should differ are the same once in 2^64 objects.
/// </summary>
internal readonly record struct CacheKey(ulong High, ulong Low)
{
    /// <param name="store">Endpoint and bucket, as <see cref="ObjectFileSystemOptions.DiskCacheStore"/> has them.</param>
    /// <param name="version">With a strong ETag: of others nothing is kept.</param>
    public static CacheKey Of(string store, ObjectKey key, in ObjectVersion version)
    {
        byte[] name = Encoding.UTF8.GetBytes($"{store}\0{version.ETag}\0{version.Size}\0");
        byte[] all = [.. name, .. key.Span];
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(all, hash);
        return new CacheKey(BinaryPrimitives.ReadUInt64LittleEndian(hash), BinaryPrimitives.ReadUInt64LittleEndian(hash[8..]));
    }

    /// <summary>The key of the granule that begins at so many times <see cref="CacheFormat.GranuleSize"/>.</summary>
    public CacheKey Granule(long index) => this with { Low = Low ^ Mix((ulong)index) };

    // A bijection that leaves 0 as it is (the finalizer of MurmurHash3, which is in the public domain): granules of an object
    // are spread over the table, and no two have the same key.
    private static ulong Mix(ulong value)
    {
        value = (value ^ (value >> 33)) * 0xff51afd7ed558ccd;
        value = (value ^ (value >> 33)) * 0xc4ceb9fe1a85ec53;
        return value ^ (value >> 33);
    }
}
