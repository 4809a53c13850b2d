using System.Buffers;
using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Numerics;
using System.Text;

namespace S3Mount.ObjectStore;

/// <summary>
/// An entity tag without its quotes (RFC 9110, 8.8.3). The tags that S3 gives, 32 hex digits with perhaps a number of parts
/// after a hyphen, are held as 16 bytes and a number; any other tag is held as text. Comparison is the strong one.
/// </summary>
public readonly struct ETag : IEquatable<ETag>
{
    private const int TextForm = -1;

    private static readonly SearchValues<byte> _hexDigits = SearchValues.Create("0123456789abcdef"u8);

    private readonly ulong _high;
    private readonly ulong _low;
    private readonly string? _text;
    // 0: absent. 1: hex without parts. n + 2: hex with n parts. TextForm: _text.
    private readonly int _form;

    private ETag(ulong high, ulong low, int form) => (_high, _low, _form) = (high, low, form);

    private ETag(string text) => (_text, _form) = (text, TextForm);

    /// <summary>No tag, or a weak one (<c>W/"…"</c>): it cannot pin a version.</summary>
    public bool IsAbsent => _form == 0;

    /// <summary>64 bits of the tag, the same in every process, for digests of listings.</summary>
    public ulong Digest
    {
        get
        {
            if (_text is null)
                return _high ^ BitOperations.RotateLeft(_low, 17) ^ (uint)_form;
            ulong digest = 0xcbf29ce484222325; // FNV-1a
            foreach (char c in _text)
                digest = (digest ^ c) * 0x100000001b3;
            return digest;
        }
    }

    /// <summary>The tag as numbers; false for a tag that is not made of hex digits, which is its text and nothing else.</summary>
    public bool TryPack(out PackedETag packed)
    {
        packed = new PackedETag(_high, _low, _form);
        return _form != TextForm;
    }

    /// <exception cref="ArgumentOutOfRangeException">No tag packs to such a form.</exception>
    public static ETag Unpack(PackedETag packed)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(packed.Form);
        return new ETag(packed.High, packed.Low, packed.Form);
    }

    /// <summary>Reads a tag, with or without quotes; an empty or weak one is absent.</summary>
    public static ETag Parse(ReadOnlySpan<byte> tag)
    {
        if (tag.Length >= 2 && tag[0] == '"' && tag[^1] == '"')
            tag = tag[1..^1];
        if (tag.IsEmpty || tag.StartsWith("W/"u8))
            return default;
        return TryParseHex(tag, out ETag etag) ? etag : new ETag(Encoding.UTF8.GetString(tag));
    }

    public static ETag Parse(string? tag) => tag is null ? default : Parse(Encoding.UTF8.GetBytes(tag));

    public bool Equals(ETag other) => _form == other._form && _high == other._high && _low == other._low && _text == other._text;

    public override bool Equals([NotNullWhen(true)] object? obj) => obj is ETag other && Equals(other);

    public override int GetHashCode() => HashCode.Combine(_form, _high, _low, _text);

    public static bool operator ==(ETag left, ETag right) => left.Equals(right);

    public static bool operator !=(ETag left, ETag right) => !left.Equals(right);

    /// <summary>The tag without quotes, as the store sent it; empty when absent.</summary>
    public override string ToString() => _form switch
    {
        0 => "",
        TextForm => _text!,
        1 => string.Create(CultureInfo.InvariantCulture, $"{_high:x16}{_low:x16}"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{_high:x16}{_low:x16}-{_form - 2}"),
    };

    // Only what ToString gives back byte for byte is packed: lower-case digits, a number of parts without leading zeros.
    private static bool TryParseHex(ReadOnlySpan<byte> tag, out ETag etag)
    {
        etag = default;
        if (tag.Length < 32 || tag[..32].IndexOfAnyExcept(_hexDigits) >= 0)
            return false;
        Span<byte> bytes = stackalloc byte[16];
        Convert.FromHexString(tag[..32], bytes, out _, out _);
        int form = 1;
        if (tag.Length > 32)
        {
            ReadOnlySpan<byte> parts = tag[33..];
            // S3 allows 10,000 parts; six digits leave room for other stores.
            if (tag[32] != '-' || parts.Length is 0 or > 6 || parts[0] == '0' || parts.IndexOfAnyExceptInRange((byte)'0', (byte)'9') >= 0)
                return false;
            form = int.Parse(parts, CultureInfo.InvariantCulture) + 2;
        }
        etag = new ETag(BinaryPrimitives.ReadUInt64BigEndian(bytes), BinaryPrimitives.ReadUInt64BigEndian(bytes[8..]), form);
        return true;
    }
}
