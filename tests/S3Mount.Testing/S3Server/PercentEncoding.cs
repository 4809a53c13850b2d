using System.Buffers;
using System.Text;

namespace S3Mount.Testing.S3Server;

/// <summary>Escaping as S3 does it (RFC 3986, 2.1; S3 API, "Signature Calculations", UriEncode).</summary>
internal static class PercentEncoding
{
    private const string HexDigits = "0123456789ABCDEF";

    private static readonly SearchValues<byte> _unreserved = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~"u8);
    // What listings with encoding-type=url leave as it is.
    private static readonly SearchValues<byte> _plainInListings = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._*/"u8);

    public static byte[] Decode(string text, bool plusIsSpace)
    {
        byte[] bytes = new byte[text.Length];
        int length = 0;
        for (int i = 0; i < text.Length; i++)
        {
            char c = text[i];
            if (c == '%')
            {
                if (i + 2 >= text.Length || !char.IsAsciiHexDigit(text[i + 1]) || !char.IsAsciiHexDigit(text[i + 2]))
                    throw S3Exception.InvalidUri();
                bytes[length++] = Convert.ToByte(text.Substring(i + 1, 2), 16);
                i += 2;
            }
            else
            {
                bytes[length++] = plusIsSpace && c == '+' ? (byte)' ' : (byte)c;
            }
        }
        return bytes[..length];
    }

    /// <summary>Escapes everything but unreserved characters and, in paths, slashes.</summary>
    public static void AppendCanonical(StringBuilder text, ReadOnlySpan<byte> bytes, bool keepSlashes)
    {
        foreach (byte b in bytes)
        {
            if (_unreserved.Contains(b) || (keepSlashes && b == '/'))
                text.Append((char)b);
            else
                AppendEscaped(text, b);
        }
    }

    /// <summary>Escapes a key for a listing with encoding-type=url.</summary>
    public static void WriteListed(PooledBytes text, ReadOnlySpan<byte> bytes, bool spaceIsPlus)
    {
        while (bytes.IndexOfAnyExcept(_plainInListings) is >= 0 and int at)
        {
            text.Write(bytes[..at]);
            byte b = bytes[at];
            text.Write(b == ' ' && spaceIsPlus ? "+"u8 : [(byte)'%', (byte)HexDigits[b >> 4], (byte)HexDigits[b & 15]]);
            bytes = bytes[(at + 1)..];
        }
        text.Write(bytes);
    }

    private static void AppendEscaped(StringBuilder text, byte b) => text.Append('%').Append(HexDigits[b >> 4]).Append(HexDigits[b & 15]);
}
