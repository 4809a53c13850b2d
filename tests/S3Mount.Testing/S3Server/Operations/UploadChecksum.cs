using S3Mount.Testing.Objects;

namespace S3Mount.Testing.S3Server.Operations;

/// <summary>Checksums that come with uploads (S3 API, PutObject and CreateMultipartUpload, x-amz-checksum-…).</summary>
internal static class UploadChecksum
{
    /// <summary>The one to keep, checked if it was given; null for none.</summary>
    public static StoredChecksum? Of(S3Request request, S3Bucket bucket, ObjectContent content)
    {
        foreach (ChecksumAlgorithm algorithm in Enum.GetValues<ChecksumAlgorithm>())
        {
            string header = StoredChecksum.HeaderOf(algorithm);
            if (request.Headers[header] is not { } given)
                continue;
            var computed = StoredChecksum.FullObject(algorithm, content);
            return given == computed.Base64
                ? computed
                : throw new S3Exception(400, "BadDigest", $"The {algorithm} you specified did not match the calculated checksum.");
        }
        // A checksum that follows the body is not read: the store has one of the same kind all the same.
        ChecksumAlgorithm? wanted = Parse(request.Headers["x-amz-sdk-checksum-algorithm"])
            ?? Parse(request.Headers["x-amz-trailer"]?.Replace("x-amz-checksum-", "", StringComparison.OrdinalIgnoreCase))
            ?? bucket.Checksums;
        return wanted is { } chosen ? StoredChecksum.FullObject(chosen, content) : null;
    }

    /// <summary>What a multipart upload is begun with; without a type CRC-64/NVME is of the whole object and all others are not.</summary>
    public static (ChecksumAlgorithm Algorithm, ChecksumType Type)? Announced(S3Request request)
    {
        if (Parse(request.Headers["x-amz-checksum-algorithm"]) is not { } algorithm)
            return null;
        ChecksumType type = request.Headers["x-amz-checksum-type"] switch
        {
            "FULL_OBJECT" => ChecksumType.FullObject,
            "COMPOSITE" => ChecksumType.Composite,
            null => algorithm == ChecksumAlgorithm.Crc64Nvme ? ChecksumType.FullObject : ChecksumType.Composite,
            _ => throw S3Exception.InvalidArgument("Value for x-amz-checksum-type header is invalid."),
        };
        return (algorithm, type);
    }

    private static ChecksumAlgorithm? Parse(string? text) =>
        Enum.TryParse(text, ignoreCase: true, out ChecksumAlgorithm algorithm) && Enum.IsDefined(algorithm) ? algorithm : null;
}
