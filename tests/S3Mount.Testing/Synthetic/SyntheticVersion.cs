using S3Mount.Testing.Objects;

namespace S3Mount.Testing.Synthetic;

/// <summary>Everything about a synthetic object but its key, computed from the key: size, tag, date, bytes.</summary>
internal readonly struct SyntheticVersion
{
    public const int ETagLength = 32;

    private const int SmallestSize = 10_000;
    private const int LargestSize = 200_000;
    private const int SecondsOfYear = 365 * 24 * 60 * 60;

    private static readonly DateTime _earliest = new(2024, 1, 1, 0, 0, 0, DateTimeKind.Utc);

    private readonly ulong _hash;

    private SyntheticVersion(ulong hash) => _hash = hash;

    public long Size => SmallestSize + (long)(_hash % (LargestSize - SmallestSize));

    public DateTime LastModified => _earliest.AddTicks((long)((_hash >> 32) % SecondsOfYear) * TimeSpan.TicksPerSecond);

    /// <summary>A ramp, its seed from the key.</summary>
    public ObjectContent Content => new RampContent((int)(_hash >> 40), Size);

    public string ETag
    {
        get
        {
            Span<byte> etag = stackalloc byte[ETagLength];
            WriteETag(etag);
            return System.Text.Encoding.ASCII.GetString(etag);
        }
    }

    public static SyntheticVersion Of(ReadOnlySpan<byte> key) => new(Mixing.Hash(key));

    /// <summary>Looks like the tag of a plain upload: 128 bits in hex.</summary>
    public void WriteETag(Span<byte> destination)
    {
        Span<byte> bits = stackalloc byte[ETagLength / 2];
        System.Buffers.Binary.BinaryPrimitives.WriteUInt64BigEndian(bits, _hash);
        System.Buffers.Binary.BinaryPrimitives.WriteUInt64BigEndian(bits[sizeof(ulong)..], Mixing.Mix(_hash));
        Convert.TryToHexStringLower(bits, destination, out _);
    }
}
