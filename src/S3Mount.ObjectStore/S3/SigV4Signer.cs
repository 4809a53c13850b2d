using System.Buffers;
using System.Security.Cryptography;
using System.Text;

namespace S3Mount.ObjectStore.S3;

/// <summary>
/// Signs requests without a body in the Authorization header (S3 API, "Signature Calculations for the Authorization Header:
/// Transferring Payload in a Single Chunk"). For S3 the path is encoded once and never normalised. Any thread.
/// </summary>
internal sealed class SigV4Signer
{
    /// <summary>SHA-256 of nothing: no request of ours has a body, and every store accepts the hash, over http too.</summary>
    public const string EmptyBodyHash = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

    private const string Algorithm = "AWS4-HMAC-SHA256";

    // Replaced when the day, the region or the credentials change; two threads that do so at once derive the same key.
    private volatile SigningKey? _key;

    /// <summary>The value of the Authorization header.</summary>
    /// <param name="path">Percent-encoded, as it is sent.</param>
    /// <param name="query">Percent-encoded and sorted, without the question mark; each parameter has its <c>=</c>.</param>
    /// <param name="amzDate">The value of x-amz-date, <c>20130524T000000Z</c>; its first eight characters are the day.</param>
    public string Sign(string method, string path, string query, in SignedHeaders headers, string amzDate, AwsCredentials credentials, string region)
    {
        SigningKey key = KeyFor(credentials, region, amzDate);
        string names = JoinNames(headers);
        Span<byte> digest = stackalloc byte[SHA256.HashSizeInBytes];
        HashCanonicalRequest(method, path, query, headers, names, digest);
        HashStringToSign(amzDate, key, digest);
        ReadOnlySpan<char> signature = Hex(digest, stackalloc char[64]);
        return $"{Algorithm} Credential={credentials.AccessKeyId}/{key.Scope}, SignedHeaders={names}, Signature={signature}";
    }

    private SigningKey KeyFor(AwsCredentials credentials, string region, string amzDate)
    {
        ReadOnlySpan<char> date = amzDate.AsSpan(0, 8);
        SigningKey? key = _key;
        if (key is null || !key.Fits(credentials, region, date))
            _key = key = new SigningKey(credentials, region, date.ToString());
        return key;
    }

    private static string JoinNames(in SignedHeaders headers)
    {
        Span<char> joined = stackalloc char[256];
        int length = 0;
        for (int i = 0; i < headers.Count; i++)
        {
            if (i > 0)
                joined[length++] = ';';
            headers[i].Name.CopyTo(joined[length..]);
            length += headers[i].Name.Length;
        }
        return new string(joined[..length]);
    }

    private static void HashCanonicalRequest(string method, string path, string query, in SignedHeaders headers, string names, Span<byte> digest)
    {
        int bound = method.Length + path.Length + query.Length + names.Length + EmptyBodyHash.Length + 8;
        for (int i = 0; i < headers.Count; i++)
            bound += headers[i].Name.Length + (headers[i].Value.Length * 3) + 2;
        byte[]? rented = null;
        Span<byte> text = bound <= 1024 ? stackalloc byte[1024] : rented = ArrayPool<byte>.Shared.Rent(bound);

        int length = AppendLine(text, 0, method);
        length = AppendLine(text, length, path);
        length = AppendLine(text, length, query);
        for (int i = 0; i < headers.Count; i++)
        {
            length += Encoding.UTF8.GetBytes(headers[i].Name, text[length..]);
            text[length++] = (byte)':';
            length = AppendLine(text, length, headers[i].Value);
        }
        length = AppendLine(text, length, "");
        length = AppendLine(text, length, names);
        length += Encoding.UTF8.GetBytes(EmptyBodyHash, text[length..]);

        SHA256.HashData(text[..length], digest);
        if (rented is not null)
            ArrayPool<byte>.Shared.Return(rented);
    }

    // In: the hash of the canonical request. Out: the signature.
    private static void HashStringToSign(string amzDate, SigningKey key, Span<byte> digest)
    {
        // Algorithm, date, a scope with a region of any plausible length, and 64 digits.
        int bound = Algorithm.Length + amzDate.Length + key.Scope.Length + 64 + 3;
        Span<byte> text = bound <= 512 ? stackalloc byte[512] : new byte[bound];
        int length = AppendLine(text, 0, Algorithm);
        length = AppendLine(text, length, amzDate);
        length = AppendLine(text, length, key.Scope);
        Span<char> digits = stackalloc char[64];
        length += Encoding.ASCII.GetBytes(Hex(digest, digits), text[length..]);
        HMACSHA256.HashData(key.Bytes, text[..length], digest);
    }

    private static int AppendLine(Span<byte> text, int length, string line)
    {
        length += Encoding.UTF8.GetBytes(line, text[length..]);
        text[length] = (byte)'\n';
        return length + 1;
    }

    private static ReadOnlySpan<char> Hex(ReadOnlySpan<byte> digest, Span<char> digits)
    {
        Convert.TryToHexStringLower(digest, digits, out int written);
        return digits[..written];
    }
}
