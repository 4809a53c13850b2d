using Amazon.Runtime;
using Amazon.S3;
using Amazon.S3.Model;
using S3Mount.Testing.Datasets;
using S3Mount.Testing.Objects;

namespace S3Mount.Testing;

/// <summary>Puts objects into a bucket of any endpoint, as users do. Any thread.</summary>
public sealed class S3Uploader : IDisposable
{
    // Enough to keep a local store busy on a few processors.
    private const int Concurrency = 16;
    // S3 takes up to 5 GiB at once; above this size objects are sent in parts, which need not lie in memory all together.
    private const int PartSize = 32 << 20;

    private readonly AmazonS3Client _client;

    public S3Uploader(string endpointUrl, string accessKey, string secretKey, string region = "us-east-1") =>
        _client = new AmazonS3Client(new BasicAWSCredentials(accessKey, secretKey), new AmazonS3Config
        {
            ServiceURL = endpointUrl,
            AuthenticationRegion = region,
            ForcePathStyle = true,
            // Stores other than AWS do not know the trailing checksums.
            RequestChecksumCalculation = RequestChecksumCalculation.WHEN_REQUIRED,
            ResponseChecksumValidation = ResponseChecksumValidation.WHEN_REQUIRED,
        });

    public Task CreateBucketAsync(string bucket, CancellationToken cancellationToken = default) => _client.PutBucketAsync(bucket, cancellationToken);

    /// <summary>Returns the ETag without quotes.</summary>
    public async Task<string> PutAsync(string bucket, string key, byte[] bytes, CancellationToken cancellationToken = default)
    {
        PutObjectResponse response = await _client.PutObjectAsync(
            new PutObjectRequest { BucketName = bucket, Key = key, InputStream = new MemoryStream(bytes), UseChunkEncoding = false },
            cancellationToken);
        return response.ETag.Trim('"');
    }

    /// <summary>A ramp, in parts where it is large.</summary>
    public async Task<string> PutRampAsync(string bucket, string key, long length, int seed = 0, CancellationToken cancellationToken = default)
    {
        var content = new RampContent(seed, length);
        if (length <= PartSize)
            return await PutAsync(bucket, key, content.ToArray(), cancellationToken);
        InitiateMultipartUploadResponse upload = await _client.InitiateMultipartUploadAsync(bucket, key, cancellationToken);
        var parts = new PartETag[(length + PartSize - 1) / PartSize];
        // A few parts at once: each lies in memory.
        var options = new ParallelOptions { MaxDegreeOfParallelism = 4, CancellationToken = cancellationToken };
        await Parallel.ForAsync(0, parts.Length, options, async (index, token) =>
        {
            byte[] bytes = new byte[Math.Min(PartSize, length - (long)index * PartSize)];
            content.CopyTo((long)index * PartSize, bytes);
            UploadPartResponse response = await _client.UploadPartAsync(
                new UploadPartRequest { BucketName = bucket, Key = key, UploadId = upload.UploadId, PartNumber = index + 1, InputStream = new MemoryStream(bytes), PartSize = bytes.Length, UseChunkEncoding = false },
                token);
            parts[index] = new PartETag(index + 1, response.ETag);
        });
        CompleteMultipartUploadResponse completed = await _client.CompleteMultipartUploadAsync(
            new CompleteMultipartUploadRequest { BucketName = bucket, Key = key, UploadId = upload.UploadId, PartETags = [.. parts] },
            cancellationToken);
        return completed.ETag.Trim('"');
    }

    /// <summary>All files under a prefix.</summary>
    public Task PutAsync(string bucket, string prefix, IEnumerable<DatasetFile> files, CancellationToken cancellationToken = default) =>
        Parallel.ForEachAsync(
            files,
            new ParallelOptions { MaxDegreeOfParallelism = Concurrency, CancellationToken = cancellationToken },
            async (file, token) => await PutAsync(bucket, prefix + file.Name, file.Bytes, token));

    public Task DeleteAsync(string bucket, string key, CancellationToken cancellationToken = default) => _client.DeleteObjectAsync(bucket, key, cancellationToken);

    public void Dispose() => _client.Dispose();
}
