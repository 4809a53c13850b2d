using System.Security.Cryptography;
using System.Text;

namespace S3Mount.ObjectStore.S3;

/// <summary>
/// The key that SigV4 derives for a day, a region and a service (IAM User Guide, "Create a signed AWS API request", step 3).
/// Deriving it takes four HMACs, so it is kept for as long as it fits.
/// </summary>
internal sealed class SigningKey
{
    private readonly AwsCredentials _credentials;
    private readonly string _region;
    private readonly string _date;

    public SigningKey(AwsCredentials credentials, string region, string date)
    {
        (_credentials, _region, _date) = (credentials, region, date);
        Span<byte> key = stackalloc byte[HMACSHA256.HashSizeInBytes];
        HMACSHA256.HashData(Encoding.UTF8.GetBytes("AWS4" + credentials.SecretAccessKey), Encoding.ASCII.GetBytes(date), key);
        HMACSHA256.HashData(key, Encoding.UTF8.GetBytes(region), key);
        HMACSHA256.HashData(key, "s3"u8, key);
        HMACSHA256.HashData(key, "aws4_request"u8, key);
        Bytes = key.ToArray();
        Scope = $"{date}/{region}/s3/aws4_request";
    }

    public byte[] Bytes { get; }

    public string Scope { get; }

    public bool Fits(AwsCredentials credentials, string region, ReadOnlySpan<char> date) =>
        ReferenceEquals(_credentials, credentials) && _region == region && date.SequenceEqual(_date);
}
