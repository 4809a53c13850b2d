using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Net.Http.Headers;
using System.Security.Cryptography;

namespace S3Mount.ObjectStore.S3;

/// <summary>
/// The checksum that a store sends with a whole object (S3 User Guide, "Checking object integrity"). Immutable.
/// <para>
/// One of type COMPOSITE is made of the checksums of the parts and not of the bytes. A range that is the whole of such an object
/// comes with that value, without the number of parts behind it that would give it away (botocore issue 3346): so only what is
/// said to be of the full object is believed, or what cannot be anything else.
/// </para>
/// </summary>
internal sealed class ResponseChecksum
{
    private readonly ChecksumKind _kind;
    private readonly byte[] _expected;

    private ResponseChecksum(ChecksumKind kind, byte[] expected) => (_kind, _expected) = (kind, expected);

    /// <summary>The checksum's name, as S3 writes it.</summary>
    public string Name => _kind.ToString().ToUpperInvariant();

    /// <summary>Null: the answer has none that says anything of the bytes.</summary>
    /// <param name="etag">Of the object.</param>
    public static ResponseChecksum? Of(HttpResponseHeaders headers, ETag etag)
    {
        string? type = S3Operation.HeaderOf(headers, "x-amz-checksum-type");
        if (type is not null && type != "FULL_OBJECT")
            return null;
        // Cheapest first. Without a type, CRC64NVME is of the full object always, the others are if it was not put in parts.
        if (TryRead(headers, "x-amz-checksum-crc64nvme", ChecksumKind.Crc64Nvme, out ResponseChecksum? checksum))
            return checksum;
        if (type is null && (etag.IsAbsent || etag.ToString().Contains('-')))
            return null;
        return TryRead(headers, "x-amz-checksum-crc32c", ChecksumKind.Crc32C, out checksum)
            || TryRead(headers, "x-amz-checksum-crc32", ChecksumKind.Crc32, out checksum)
            || TryRead(headers, "x-amz-checksum-sha1", ChecksumKind.Sha1, out checksum)
            || TryRead(headers, "x-amz-checksum-sha256", ChecksumKind.Sha256, out checksum) ? checksum : null;
    }

    /// <param name="bytes">Of the whole object.</param>
    [SuppressMessage("Security", "CA5350", Justification = "SHA-1 finds damage here; it is what the store offers.")]
    public bool Matches(ReadOnlySpan<byte> bytes)
    {
        Span<byte> found = stackalloc byte[_expected.Length];
        switch (_kind)
        {
            case ChecksumKind.Sha1:
                SHA1.HashData(bytes, found);
                break;
            case ChecksumKind.Sha256:
                SHA256.HashData(bytes, found);
                break;
            case ChecksumKind.Crc64Nvme:
                BinaryPrimitives.WriteUInt64BigEndian(found, FoldedCrc.Crc64Nvme.Compute(bytes));
                break;
            case ChecksumKind.Crc32C:
                BinaryPrimitives.WriteUInt32BigEndian(found, Crc32C.Append(0, bytes));
                break;
            default:
                BinaryPrimitives.WriteUInt32BigEndian(found, (uint)FoldedCrc.Crc32.Compute(bytes));
                break;
        }
        return found.SequenceEqual(_expected);
    }

    // What cannot be read is no checksum: a number of parts behind a hyphen, for one.
    private static bool TryRead(HttpResponseHeaders headers, string name, ChecksumKind kind, [NotNullWhen(true)] out ResponseChecksum? checksum)
    {
        checksum = null;
        if (S3Operation.HeaderOf(headers, name) is not { } text)
            return false;
        byte[] expected = new byte[LengthOf(kind)];
        if (!Convert.TryFromBase64String(text, expected, out int length) || length != expected.Length)
            return false;
        checksum = new ResponseChecksum(kind, expected);
        return true;
    }

    private static int LengthOf(ChecksumKind kind) => kind switch
    {
        ChecksumKind.Crc64Nvme => sizeof(ulong),
        ChecksumKind.Sha1 => SHA1.HashSizeInBytes,
        ChecksumKind.Sha256 => SHA256.HashSizeInBytes,
        _ => sizeof(uint),
    };
}
