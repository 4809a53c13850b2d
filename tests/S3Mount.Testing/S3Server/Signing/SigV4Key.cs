using System.Security.Cryptography;
using System.Text;

namespace S3Mount.Testing.S3Server.Signing;

/// <summary>Derives signing keys and signs with them (S3 API, "Signature Calculations").</summary>
internal static class SigV4Key
{
    public static byte[] Derive(string secretKey, string date, string region)
    {
        byte[] key = HMACSHA256.HashData(Encoding.UTF8.GetBytes("AWS4" + secretKey), Encoding.ASCII.GetBytes(date));
        key = HMACSHA256.HashData(key, Encoding.ASCII.GetBytes(region));
        key = HMACSHA256.HashData(key, "s3"u8);
        return HMACSHA256.HashData(key, "aws4_request"u8);
    }

    /// <param name="timestamp">As in x-amz-date.</param>
    public static string StringToSign(string canonicalRequest, string timestamp, string scope) =>
        $"AWS4-HMAC-SHA256\n{timestamp}\n{scope}\n{Convert.ToHexStringLower(SHA256.HashData(Encoding.Latin1.GetBytes(canonicalRequest)))}";

    public static string Sign(byte[] key, string stringToSign) => Convert.ToHexStringLower(HMACSHA256.HashData(key, Encoding.Latin1.GetBytes(stringToSign)));
}
