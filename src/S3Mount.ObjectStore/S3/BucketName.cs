using System.Buffers;

namespace S3Mount.ObjectStore.S3;

/// <summary>
/// What can be told from a bucket's name alone (S3 User Guide, "General purpose bucket naming rules"). Names that only old
/// buckets of us-east-1 have (upper case, underscores, up to 255 bytes) are let through: the store knows better.
/// </summary>
internal static class BucketName
{
    private const int MaxLegacyLength = 255;
    private const string DirectoryBucketSuffix = "--x-s3";

    private static readonly SearchValues<char> _allowed =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789.-_");

    private static readonly SearchValues<char> _hostLabel = SearchValues.Create("abcdefghijklmnopqrstuvwxyz0123456789.-");

    /// <exception cref="ObjectStoreException">Rejected, with a line that says what to give instead.</exception>
    public static void Validate(string bucket)
    {
        string? complaint = Complaint(bucket);
        if (complaint is not null)
            throw new ObjectStoreException(ObjectStoreFailure.Rejected, complaint);
    }

    /// <summary>Whether the name can stand in front of a host name (RFC 1123 labels in lower case, joined by dots).</summary>
    public static bool IsHostLabel(string bucket) =>
        bucket.Length is >= 3 and <= 63
        && !bucket.AsSpan().ContainsAnyExcept(_hostLabel)
        && char.IsAsciiLetterOrDigit(bucket[0]) && char.IsAsciiLetterOrDigit(bucket[^1])
        && !bucket.Contains("..", StringComparison.Ordinal) && !bucket.Contains(".-", StringComparison.Ordinal) && !bucket.Contains("-.", StringComparison.Ordinal);

    private static string? Complaint(string bucket)
    {
        if (bucket.Length == 0)
            return "the bucket's name is empty";
        if (bucket.StartsWith("arn:", StringComparison.Ordinal))
            return $"'{bucket}' is an ARN: access points and ARNs are not supported, give the bucket's name";
        if (bucket.EndsWith(DirectoryBucketSuffix, StringComparison.Ordinal))
            return $"'{bucket}' is a directory bucket (S3 Express One Zone): these are not supported, use a general purpose bucket";
        if (bucket.AsSpan().ContainsAnyExcept(_allowed) || bucket.Length is < 3 or > MaxLegacyLength)
            return $"'{ObjectStoreText.OneLine(bucket)}' cannot be the name of a bucket: 3 to 63 lower-case letters, digits, dots and hyphens";
        return null;
    }
}
