using System.Buffers.Binary;
using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using S3Mount.ObjectStore;

namespace S3Mount.FileSystem.Snapshots;

/// <summary>
/// The digest of a dataset: which keys there are, and which bytes they stand for. Any program can compute it from a listing.
/// <para>
/// It is the SHA-256 (FIPS 180-4) of the 18 bytes <c>s3mount-dataset-1\n</c> in ASCII, followed by these fields for every object
/// under the prefix, in the order of the keys' bytes:
/// </para>
/// <list type="number">
/// <item>the length in bytes of the key without the prefix: 4 bytes, little-endian;</item>
/// <item>the key without the prefix, in UTF-8; empty for the object that has the name of the prefix itself;</item>
/// <item>the object's size in bytes: 8 bytes, little-endian;</item>
/// <item>the length in bytes of the ETag: 4 bytes, little-endian;</item>
/// <item>the ETag as the store sends it, without its quotes; empty where there is none or a weak one (<c>W/"…"</c>).</item>
/// </list>
/// <para>
/// All objects count, those included that are not shown as files: markers of directories, keys that no path can name. Bucket,
/// prefix, LastModified, storage class and the time of the listing do not. It is written <c>sha256:</c> and 64 hex digits, in
/// lower case.
/// </para>
/// </summary>
public sealed class SnapshotDigest : IDisposable
{
    /// <summary>Bytes.</summary>
    public const int Length = SHA256.HashSizeInBytes;

    private const string Scheme = "sha256:";
    // Fixed fields of an object, and a tag of hex digits with its parts.
    private const int FixedLength = 16;
    private const int LongestHexTag = 48;

    private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    // The hash takes a call into a library for each piece: pieces are gathered.
    private readonly byte[] _gathered = new byte[64 << 10];
    private int _gatheredLength;

    public SnapshotDigest() => Append("s3mount-dataset-1\n"u8);

    /// <param name="key">Without the prefix; behind all keys before it.</param>
    public void Add(ReadOnlySpan<byte> key, in ObjectVersion version)
    {
        Span<byte> hex = stackalloc byte[LongestHexTag];
        ReadOnlySpan<byte> tag = version.ETag.TryPack(out PackedETag packed) ? Format(packed, hex) : Encoding.UTF8.GetBytes(version.ETag.ToString());
        Span<byte> numbers = stackalloc byte[FixedLength];
        BinaryPrimitives.WriteInt32LittleEndian(numbers, key.Length);
        BinaryPrimitives.WriteInt64LittleEndian(numbers[4..], version.Size);
        BinaryPrimitives.WriteInt32LittleEndian(numbers[12..], tag.Length);
        Append(numbers[..4]);
        Append(key);
        Append(numbers[4..]);
        Append(tag);
    }

    /// <summary>The digest of all that was added, which begins anew.</summary>
    public byte[] Complete()
    {
        Flush();
        return _hash.GetHashAndReset();
    }

    public static string ToText(ReadOnlySpan<byte> digest) => Scheme + Convert.ToHexStringLower(digest);

    public void Dispose() => _hash.Dispose();

    private static ReadOnlySpan<byte> Format(PackedETag tag, Span<byte> text)
    {
        if (tag.Form == 0)
            return default;
        var digits = new System.Buffers.StandardFormat('x', 16);
        Utf8Formatter.TryFormat(tag.High, text, out int length, digits);
        Utf8Formatter.TryFormat(tag.Low, text[length..], out int lowLength, digits);
        length += lowLength;
        if (tag.Form > 1)
        {
            text[length++] = (byte)'-';
            Utf8Formatter.TryFormat(tag.Form - 2, text[length..], out int parts);
            length += parts;
        }
        return text[..length];
    }

    private void Append(ReadOnlySpan<byte> piece)
    {
        if (piece.Length > _gathered.Length - _gatheredLength)
        {
            Flush();
            if (piece.Length > _gathered.Length)
            {
                _hash.AppendData(piece);
                return;
            }
        }
        piece.CopyTo(_gathered.AsSpan(_gatheredLength));
        _gatheredLength += piece.Length;
    }

    private void Flush()
    {
        _hash.AppendData(_gathered.AsSpan(0, _gatheredLength));
        _gatheredLength = 0;
    }
}
