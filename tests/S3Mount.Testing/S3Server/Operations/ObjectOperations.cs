using System.Globalization;
using S3Mount.ObjectStore;
using S3Mount.Testing.Objects;
using S3Mount.Testing.S3Server.Http;
using S3Mount.Testing.S3Server.Signing;

namespace S3Mount.Testing.S3Server.Operations;

/// <summary>GetObject, HeadObject, PutObject, CopyObject, DeleteObject (S3 API).</summary>
internal sealed class ObjectOperations(BucketTable buckets, Func<S3ChecksumStyle> checksums, Func<DateTimeOffset> now)
{
    // Headers of an upload that come back with each answer; x-amz-meta-… too.
    private static readonly string[] _kept = ["Content-Type", "Content-Encoding", "Content-Disposition", "Content-Language", "Cache-Control", "Expires"];

    public ServerResponse Get(S3Request request, S3Bucket bucket)
    {
        if (!bucket.Source.TryGet(request.Key!.Value, out StoredObject? stored))
            throw S3Exception.NoSuchKey(request.Key.Value.ToString());
        if (!request.IgnoresConditions && Conditions.IsNotModified(request, stored))
        {
            var notModified = new ServerResponse(304);
            SetVersion(notModified, stored);
            return notModified;
        }
        if (request.Operation == S3Operation.GetObject && StorageClass.IsArchived(stored.StorageClass))
        {
            throw new S3Exception(403, "InvalidObjectState", "The operation is not valid for the object's storage class")
            {
                Details = [("StorageClass", stored.StorageClass)],
            };
        }
        ByteRange? range = ByteRange.Parse(request.IgnoresRange ? null : request.Headers["Range"], stored.Size);
        var response = new ServerResponse(range is null ? 200 : 206);
        SetVersion(response, stored);
        response.Headers["Accept-Ranges"] = "bytes";
        response.Headers["Content-Type"] = "binary/octet-stream";
        foreach ((string name, string value) in stored.Headers)
            response.Headers[name] = value;
        if (stored.StorageClass != StorageClass.Standard)
            response.Headers["x-amz-storage-class"] = stored.StorageClass;
        ByteRange sent = range ?? new ByteRange(0, stored.Size);
        if (range is not null)
            response.Headers["Content-Range"] = string.Create(CultureInfo.InvariantCulture, $"bytes {sent.Offset}-{sent.Offset + sent.Length - 1}/{stored.Size}");
        if (stored.Checksum is { } checksum && request.Headers["x-amz-checksum-mode"] == "ENABLED")
            SetChecksum(response, checksum, isRange: range is not null, isWhole: sent.Length == stored.Size);
        response.SetBody(stored.Content, sent.Offset, sent.Length);
        return response;
    }

    public async ValueTask<ServerResponse> PutAsync(S3Request request, S3Bucket bucket, CancellationToken cancellationToken)
    {
        ReadOnlyMemory<byte> payload = await Payload.ReadAsync(request, cancellationToken);
        ObjectKey key = request.Key!.Value;
        Conditions.CheckUpload(request, bucket.Source.TryGet(key, out StoredObject? present) ? present : null);
        var content = new BytesContent(payload);
        var stored = new StoredObject
        {
            Key = key,
            Content = content,
            Checksum = UploadChecksum.Of(request, bucket, content),
            LastModified = now(),
            StorageClass = StorageClassOf(request),
            Headers = KeptHeaders(request),
        };
        bucket.Objects.Put(stored);
        var response = new ServerResponse(200);
        response.Headers["ETag"] = $"\"{stored.ETag}\"";
        return response;
    }

    public ServerResponse Copy(S3Request request, S3Bucket bucket)
    {
        S3Target source = S3Target.Parse("/" + request.Headers["x-amz-copy-source"]!.TrimStart('/'), host: null, hostSuffix: "");
        if (source.Bucket is null || source.Key is not { } sourceKey)
            throw S3Exception.InvalidArgument("Copy Source must mention the source bucket and key: sourcebucket/sourcekey");
        if (!buckets.Get(source.Bucket).Source.TryGet(sourceKey, out StoredObject? stored))
            throw S3Exception.NoSuchKey(sourceKey.ToString());
        StoredObject copy = stored with { Key = request.Key!.Value, LastModified = now(), StorageClass = StorageClassOf(request) };
        if (request.Headers["x-amz-metadata-directive"] == "REPLACE")
            copy = copy with { Headers = KeptHeaders(request) };
        bucket.Objects.Put(copy);
        S3Xml xml = new S3Xml().Open("CopyObjectResult", isRoot: true)
            .Element("LastModified", S3Dates.Listed(copy.LastModified))
            .Element("ETag", $"\"{copy.ETag}\"")
            .Close("CopyObjectResult");
        return S3Responses.Xml(200, xml);
    }

    public static ServerResponse Delete(S3Request request, S3Bucket bucket)
    {
        bucket.Source.Remove(request.Key!.Value);
        return new ServerResponse(204);
    }

    public static string StorageClassOf(S3Request request) => request.Headers["x-amz-storage-class"] ?? StorageClass.Standard;

    public static Dictionary<string, string> KeptHeaders(S3Request request)
    {
        var kept = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        foreach (KeyValuePair<string, string> header in request.Headers)
        {
            if (header.Key.StartsWith("x-amz-meta-", StringComparison.OrdinalIgnoreCase) || _kept.Contains(header.Key, StringComparer.OrdinalIgnoreCase))
                kept[header.Key] = header.Value;
        }
        // The framing of the upload is no property of the object.
        if (kept.TryGetValue("Content-Encoding", out string? encoding) && encoding.Contains("aws-chunked", StringComparison.Ordinal))
        {
            kept["Content-Encoding"] = string.Join(',', encoding.Split(',', StringSplitOptions.TrimEntries).Where(part => part is not ("aws-chunked" or "")));
            if (kept["Content-Encoding"].Length == 0)
                kept.Remove("Content-Encoding");
        }
        return kept;
    }

    // AWS sends none with a range that is not the whole object.
    private void SetChecksum(ServerResponse response, StoredChecksum checksum, bool isRange, bool isWhole)
    {
        S3ChecksumStyle style = checksums();
        if (!isWhole && !style.SendsWithAnyRange)
            return;
        response.Headers[checksum.Header] = (isRange ? style.SaysPartsOfRanges : style.SaysParts) ? checksum.WithParts : checksum.Base64;
        if (style.SaysType)
            response.Headers["x-amz-checksum-type"] = checksum.TypeText;
    }

    private static void SetVersion(ServerResponse response, StoredObject stored)
    {
        response.Headers["Last-Modified"] = stored.LastModified.ToString("R", CultureInfo.InvariantCulture);
        if (stored.ETag.Length > 0)
            response.Headers["ETag"] = stored.QuotedETag;
    }
}
