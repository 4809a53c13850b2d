using System.Buffers;

namespace S3Mount.ObjectStore.S3;

/// <summary>
/// Percent-encoding as SigV4 wants it (IAM User Guide, "Create a signed AWS API request", UriEncode): everything but the
/// unreserved characters of RFC 3986, with upper-case digits. A path keeps its slashes.
/// </summary>
internal static class PercentEncoding
{
    private const string Unreserved = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~";
    private const string Digits = "0123456789ABCDEF";

    private static readonly SearchValues<char> _unreserved = SearchValues.Create(Unreserved);
    private static readonly SearchValues<char> _unreservedAndSlash = SearchValues.Create(Unreserved + "/");
    private static readonly SearchValues<byte> _encodedMarks = SearchValues.Create("%+"u8);

    public static string EncodePath(ReadOnlySpan<byte> utf8) => Encode(utf8, _unreservedAndSlash);

    public static string EncodeQuery(ReadOnlySpan<byte> utf8) => Encode(utf8, _unreserved);

    /// <summary>
    /// Undoes an encoding where both <c>+</c> and <c>%20</c> mean a space; false when a <c>%</c> is not followed by two digits.
    /// The destination must be as long as the source; both may be the same memory.
    /// </summary>
    public static bool TryDecode(ReadOnlySpan<byte> encoded, Span<byte> destination, out int written)
    {
        written = 0;
        while (!encoded.IsEmpty)
        {
            int plain = encoded.IndexOfAny(_encodedMarks);
            if (plain < 0)
                plain = encoded.Length;
            encoded[..plain].CopyTo(destination[written..]);
            written += plain;
            encoded = encoded[plain..];
            if (encoded.IsEmpty)
                break;
            if (encoded[0] == '+')
            {
                destination[written++] = (byte)' ';
                encoded = encoded[1..];
                continue;
            }
            if (encoded.Length < 3 || !char.IsAsciiHexDigit((char)encoded[1]) || !char.IsAsciiHexDigit((char)encoded[2]))
                return false;
            destination[written++] = (byte)((FromHex(encoded[1]) << 4) | FromHex(encoded[2]));
            encoded = encoded[3..];
        }
        return true;
    }

    private static string Encode(ReadOnlySpan<byte> utf8, SearchValues<char> kept)
    {
        // Three characters a byte; a key is at most 1,024 bytes, so the stack holds all but the longest.
        char[]? rented = null;
        int bound = utf8.Length * 3;
        Span<char> buffer = bound <= 768 ? stackalloc char[768] : rented = ArrayPool<char>.Shared.Rent(bound);
        int length = 0;
        foreach (byte value in utf8)
        {
            if (kept.Contains((char)value))
            {
                buffer[length++] = (char)value;
                continue;
            }
            buffer[length] = '%';
            buffer[length + 1] = Digits[value >> 4];
            buffer[length + 2] = Digits[value & 15];
            length += 3;
        }
        string encoded = new(buffer[..length]);
        if (rented is not null)
            ArrayPool<char>.Shared.Return(rented);
        return encoded;
    }

    private static int FromHex(byte digit) => digit <= '9' ? digit - '0' : (digit | 0x20) - 'a' + 10;
}
