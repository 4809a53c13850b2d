using System.Buffers;
using System.Text;

namespace S3Mount.CommandLine;

/// <summary><c>BUCKET[/PREFIX]</c> or <c>s3://BUCKET[/PREFIX]</c>.</summary>
/// <param name="Prefix">Empty, or ends in a slash: <c>bucket/tra</c> never matches <c>train</c>.</param>
internal readonly record struct BucketText(string Bucket, string Prefix)
{
    /// <summary>S3 allows lower case, digits, dots and dashes; older buckets and other stores also upper case and underscores.</summary>
    private static readonly SearchValues<char> _bucketCharacters =
        SearchValues.Create("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-_");

    /// <summary>The longest names that older buckets in us-east-1 have (S3 User Guide, general purpose bucket naming rules).</summary>
    private const int LongestBucket = 255;

    private const int LongestKey = 1024;
    public const string Scheme = "s3://";

    /// <exception cref="UsageException">With what is wrong and how to write it.</exception>
    public static BucketText Parse(string text)
    {
        string rest = text.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase) ? text[Scheme.Length..] : text;
        if (rest.StartsWith("arn:", StringComparison.Ordinal))
            throw new UsageException($"'{text}' is an ARN; access points and ARNs are not supported, write the bucket's name");
        if (rest.Contains("://", StringComparison.Ordinal))
            throw new UsageException($"'{text}' is not a bucket; write BUCKET[/PREFIX], and name a server with --endpoint-url");
        int slash = rest.IndexOf('/', StringComparison.Ordinal);
        string bucket = slash < 0 ? rest : rest[..slash];
        if (bucket.EndsWith("--x-s3", StringComparison.Ordinal))
            throw new UsageException($"'{bucket}' is a directory bucket; directory buckets are not supported");
        if (bucket.Length is 0 or > LongestBucket || bucket.AsSpan().ContainsAnyExcept(_bucketCharacters) || bucket is "." or "..")
            throw new UsageException($"'{text}' is not a bucket; write BUCKET, BUCKET/PREFIX or s3://BUCKET/PREFIX");
        return new BucketText(bucket, slash < 0 ? "" : ParsePrefix(rest[(slash + 1)..]));
    }

    /// <exception cref="UsageException">With what is wrong.</exception>
    public static string ParsePrefix(string prefix)
    {
        if (prefix.Length == 0)
            return "";
        string slashed = prefix.EndsWith('/') ? prefix : prefix + "/";
        if (Encoding.UTF8.GetByteCount(slashed) > LongestKey)
            throw new UsageException("the prefix is longer than a key can be (1024 bytes)");
        return slashed;
    }
}
