using System.Text.Unicode;

namespace S3Mount.FileSystem.Listing;

/// <summary>Which components of a key can be names in a directory.</summary>
internal static class EntryName
{
    /// <summary>NAME_MAX (include/uapi/linux/limits.h, v6.18).</summary>
    public const int MaxLength = 255;

    /// <summary>
    /// Whether a path can name it and a key can hold it: not empty, not <c>.</c> or <c>..</c>, no NUL, no slash, at most 255 bytes,
    /// UTF-8. A key is UTF-8 when each of its components is.
    /// </summary>
    public static bool IsShown(ReadOnlySpan<byte> name) =>
        name.Length is > 0 and <= MaxLength
        && !name.SequenceEqual("."u8)
        && !name.SequenceEqual(".."u8)
        && name.IndexOfAny((byte)0, (byte)'/') < 0
        && Utf8.IsValid(name);
}
