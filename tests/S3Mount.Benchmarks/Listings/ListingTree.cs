using System.Security.Cryptography;
using S3Mount.ObjectStore;
using S3Mount.Testing.Synthetic;

namespace S3Mount.Benchmarks.Listings;

/// <summary>Computed keys below one prefix of the bench's bucket, and what a client must find there.</summary>
/// <param name="prefix">With a slash at its end.</param>
/// <param name="argument">As <c>serve --synthetic</c> takes it, behind the prefix.</param>
/// <param name="directories">Below the prefix, at any depth.</param>
internal sealed class ListingTree(string prefix, string argument, SyntheticKeys keys, int directories)
{
    private readonly Lazy<(long Bytes, string Digest)> _contents = new(() => Read(prefix.Length, keys));

    public string Prefix => prefix;

    public string ServeArgument => $"{prefix}={argument}";

    public SyntheticKeys Keys => keys;

    public int Files => keys.Count;

    public int Directories => directories;

    public long Bytes => _contents.Value.Bytes;

    /// <summary>Of the names of all files below the prefix, as listing.py makes it.</summary>
    public string Digest => _contents.Value.Digest;

    private static (long Bytes, string Digest) Read(int prefixLength, SyntheticKeys keys)
    {
        using var digest = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        byte[] key = new byte[ObjectKey.MaxLength];
        long bytes = 0;
        for (int i = 0; i < keys.Count; i++)
        {
            ReadOnlySpan<byte> current = key.AsSpan(0, keys.Write(i, key));
            bytes += SyntheticVersion.Of(current).Size;
            if (i > 0)
                digest.AppendData("\n"u8);
            digest.AppendData(current[prefixLength..]);
        }
        return (bytes, Convert.ToHexStringLower(digest.GetHashAndReset()));
    }
}
