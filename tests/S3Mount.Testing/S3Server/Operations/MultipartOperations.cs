using System.Globalization;
using System.Text;
using S3Mount.Testing.Objects;
using S3Mount.Testing.S3Server.Http;
using S3Mount.Testing.S3Server.Signing;

namespace S3Mount.Testing.S3Server.Operations;

/// <summary>Multipart uploads (S3 API, CreateMultipartUpload, UploadPart, CompleteMultipartUpload, AbortMultipartUpload).</summary>
internal sealed class MultipartOperations(Func<DateTimeOffset> now)
{
    private const int MaxParts = 10_000;

    public static ServerResponse Create(S3Request request, S3Bucket bucket)
    {
        string id = Guid.NewGuid().ToString("N");
        bucket.Uploads[id] = new MultipartUpload(request.Key!.Value, ObjectOperations.KeptHeaders(request), ObjectOperations.StorageClassOf(request), UploadChecksum.Announced(request));
        S3Xml xml = new S3Xml().Open("InitiateMultipartUploadResult", isRoot: true)
            .Element("Bucket", bucket.Name)
            .Element("Key", KeyText(request))
            .Element("UploadId", id)
            .Close("InitiateMultipartUploadResult");
        return S3Responses.Xml(200, xml);
    }

    public static async ValueTask<ServerResponse> UploadPartAsync(S3Request request, S3Bucket bucket, CancellationToken cancellationToken)
    {
        MultipartUpload upload = Find(request, bucket);
        int number = request.Query.Number("partNumber", 0);
        if (number is 0 or > MaxParts)
            throw S3Exception.InvalidArgument("Part number must be an integer between 1 and 10000, inclusive");
        var part = new BytesContent(await Payload.ReadAsync(request, cancellationToken));
        upload.Parts[number] = part;
        var response = new ServerResponse(200);
        response.Headers["ETag"] = $"\"{part.ETag}\"";
        return response;
    }

    public async ValueTask<ServerResponse> CompleteAsync(S3Request request, S3Bucket bucket, CancellationToken cancellationToken)
    {
        MultipartUpload upload = Find(request, bucket);
        (int Number, string ETag)[] wanted = S3Documents.CompletedParts(await Payload.ReadAsync(request, cancellationToken));
        var parts = new List<ObjectContent>();
        int last = 0;
        foreach ((int number, string etag) in wanted)
        {
            if (number <= last)
                throw new S3Exception(400, "InvalidPartOrder", "The list of parts was not in ascending order. Parts must be ordered by part number.");
            if (!upload.Parts.TryGetValue(number, out BytesContent? part) || part.ETag != etag)
                throw new S3Exception(400, "InvalidPart", "One or more of the specified parts could not be found.");
            parts.Add(part);
            last = number;
        }
        if (parts.Count == 0)
            throw S3Exception.MalformedXml();
        var content = new CompositeContent(parts);
        var stored = new StoredObject
        {
            Key = upload.Key,
            Content = content,
            Checksum = upload.ChecksumOf(parts, content),
            LastModified = now(),
            StorageClass = upload.StorageClass,
            Headers = upload.Headers,
        };
        bucket.Objects.Put(stored);
        bucket.Uploads.TryRemove(request.Query.Text("uploadId")!, out _);
        S3Xml xml = new S3Xml().Open("CompleteMultipartUploadResult", isRoot: true)
            .Element("Bucket", bucket.Name)
            .Element("Key", KeyText(request))
            .Element("ETag", $"\"{stored.ETag}\"")
            .Close("CompleteMultipartUploadResult");
        return S3Responses.Xml(200, xml);
    }

    public static ServerResponse Abort(S3Request request, S3Bucket bucket)
    {
        Find(request, bucket);
        bucket.Uploads.TryRemove(request.Query.Text("uploadId")!, out _);
        return new ServerResponse(204);
    }

    public static ServerResponse List(S3Bucket bucket)
    {
        S3Xml xml = new S3Xml().Open("ListMultipartUploadsResult", isRoot: true)
            .Element("Bucket", bucket.Name)
            .Element("MaxUploads", bucket.Uploads.Count.ToString(CultureInfo.InvariantCulture))
            .Element("IsTruncated", false);
        foreach ((string id, MultipartUpload upload) in bucket.Uploads)
            xml.Open("Upload").Element("Key", Encoding.UTF8.GetString(upload.Key.Span)).Element("UploadId", id).Close("Upload");
        return S3Responses.Xml(200, xml.Close("ListMultipartUploadsResult"));
    }

    private static MultipartUpload Find(S3Request request, S3Bucket bucket) =>
        request.Query.Text("uploadId") is { } id && bucket.Uploads.TryGetValue(id, out MultipartUpload? upload) && upload.Key == request.Key
            ? upload
            : throw S3Exception.NoSuchUpload();

    private static string KeyText(S3Request request) => Encoding.UTF8.GetString(request.Key!.Value.Span);
}
