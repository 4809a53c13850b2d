using System.Text;

namespace S3Mount.FileSystem.Listing.Scanning;

/// <summary>Makes bytes that were put together position by position into UTF-8 nearby.</summary>
internal static class Utf8Completion
{
    /// <summary>Bytes that the last character of a key may need to be whole.</summary>
    public const int MaxAdded = 3;

    /// <summary>The bytes up to the first that is not UTF-8, and then the character that was begun there or the nearest to it.</summary>
    public static byte[] Complete(byte[] bytes)
    {
        int valid = 0;
        while (valid < bytes.Length && Rune.DecodeFromUtf8(bytes.AsSpan(valid), out _, out int consumed) == System.Buffers.OperationStatus.Done)
            valid += consumed;
        if (valid == bytes.Length)
            return bytes;
        Span<byte> character = stackalloc byte[4];
        int length = new Rune(Nearest(bytes.AsSpan(valid))).EncodeToUtf8(character);
        return [.. bytes.AsSpan(0, valid), .. character[..length]];
    }

    // The number of the character that begins here, what is missing or wrong being the lowest that can be.
    private static int Nearest(ReadOnlySpan<byte> bytes)
    {
        (int length, int lowest, int highest) = bytes[0] switch
        {
            < 0xC2 => (0, 0x80, 0x80),
            < 0xE0 => (2, 0x80, 0x7FF),
            < 0xF0 => (3, 0x800, 0xFFFF),
            < 0xF5 => (4, 0x10000, 0x10FFFF),
            _ => (0, 0x10FFFF, 0x10FFFF),
        };
        if (length == 0)
            return lowest;
        int number = bytes[0] & (0x7F >> length);
        bool isWhole = true;
        for (int i = 1; i < length; i++)
        {
            isWhole = isWhole && i < bytes.Length && (bytes[i] & 0xC0) == 0x80;
            number = (number << 6) | (isWhole ? bytes[i] & 0x3F : 0);
        }
        number = Math.Clamp(number, lowest, highest);
        // Surrogates are no characters.
        return number is >= 0xD800 and <= 0xDFFF ? 0xE000 : number;
    }
}
