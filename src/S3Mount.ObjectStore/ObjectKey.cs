using System.Text;

namespace S3Mount.ObjectStore;

/// <summary>
/// The key of an object, or a prefix of keys, as UTF-8 bytes (S3 User Guide, "Naming Amazon S3 objects": a sequence of
/// Unicode characters whose UTF-8 encoding is at most 1,024 bytes). The bytes are not copied and must not change.
/// </summary>
public readonly struct ObjectKey : IEquatable<ObjectKey>
{
    /// <summary>Bytes in the longest key.</summary>
    public const int MaxLength = 1024;

    public ObjectKey(ReadOnlyMemory<byte> utf8) => Utf8 = utf8;

    public ObjectKey(string key)
        : this(Encoding.UTF8.GetBytes(key))
    {
    }

    public ReadOnlyMemory<byte> Utf8 { get; }

    public ReadOnlySpan<byte> Span => Utf8.Span;

    /// <summary>Whether the store can hold a key of these bytes: not empty, at most 1,024 bytes, UTF-8.</summary>
    public static bool CanExist(ReadOnlySpan<byte> utf8) => utf8.Length is > 0 and <= MaxLength && System.Text.Unicode.Utf8.IsValid(utf8);

    public bool Equals(ObjectKey other) => Span.SequenceEqual(other.Span);

    public override bool Equals(object? obj) => obj is ObjectKey other && Equals(other);

    public override int GetHashCode()
    {
        HashCode hash = default;
        hash.AddBytes(Span);
        return hash.ToHashCode();
    }

    public static bool operator ==(ObjectKey left, ObjectKey right) => left.Equals(right);

    public static bool operator !=(ObjectKey left, ObjectKey right) => !left.Equals(right);

    /// <summary>For people: control characters and bytes that are not UTF-8 are escaped, so that a log line stays one line.</summary>
    public override string ToString()
    {
        var text = new StringBuilder(Span.Length);
        foreach (Rune rune in Encoding.UTF8.GetString(Span).EnumerateRunes())
        {
            if (Rune.IsControl(rune) || rune == Rune.ReplacementChar)
                text.Append(System.Globalization.CultureInfo.InvariantCulture, $"\\u{rune.Value:x4}");
            else
                text.Append(rune);
        }
        return text.ToString();
    }
}
