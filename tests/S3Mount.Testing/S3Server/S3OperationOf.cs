using S3Mount.Testing.S3Server.Http;

namespace S3Mount.Testing.S3Server;

/// <summary>Tells operations apart by method, target and headers.</summary>
internal static class S3OperationOf
{
    // Subresources of the API that are not served; without this list they would be taken for a listing or an object.
    private static readonly string[] _notServed =
    [
        "acl", "tagging", "policy", "policyStatus", "versions", "lifecycle", "cors", "website", "logging", "notification", "replication", "encryption",
        "inventory", "analytics", "metrics", "requestPayment", "accelerate", "ownershipControls", "publicAccessBlock", "object-lock", "retention",
        "legal-hold", "torrent", "restore", "select", "attributes", "versionId", "intelligent-tiering",
    ];

    public static S3Operation Request(string method, S3Target target, HeaderList headers)
    {
        if (_notServed.Any(target.Query.Has))
            return S3Operation.Unknown;
        if (target.Bucket is null)
            return method == "GET" ? S3Operation.ListBuckets : S3Operation.Unknown;
        return target.Key is null ? OnBucket(method, target.Query) : OnObject(method, target.Query, headers);
    }

    private static S3Operation OnBucket(string method, S3Query query) => method switch
    {
        "GET" when query.Has("location") => S3Operation.GetBucketLocation,
        "GET" when query.Has("versioning") => S3Operation.GetBucketVersioning,
        "GET" when query.Has("uploads") => S3Operation.ListMultipartUploads,
        "GET" when query.Has("list-type") => S3Operation.ListObjectsV2,
        "GET" => S3Operation.ListObjects,
        "HEAD" => S3Operation.HeadBucket,
        "PUT" when !query.Has("versioning") => S3Operation.CreateBucket,
        "DELETE" => S3Operation.DeleteBucket,
        "POST" when query.Has("delete") => S3Operation.DeleteObjects,
        _ => S3Operation.Unknown,
    };

    private static S3Operation OnObject(string method, S3Query query, HeaderList headers) => method switch
    {
        "GET" when query.Has("uploadId") => S3Operation.Unknown,
        "GET" => S3Operation.GetObject,
        "HEAD" => S3Operation.HeadObject,
        "PUT" when query.Has("uploadId") => headers["x-amz-copy-source"] is null ? S3Operation.UploadPart : S3Operation.Unknown,
        "PUT" => headers["x-amz-copy-source"] is null ? S3Operation.PutObject : S3Operation.CopyObject,
        "DELETE" when query.Has("uploadId") => S3Operation.AbortMultipartUpload,
        "DELETE" => S3Operation.DeleteObject,
        "POST" when query.Has("uploads") => S3Operation.CreateMultipartUpload,
        "POST" when query.Has("uploadId") => S3Operation.CompleteMultipartUpload,
        _ => S3Operation.Unknown,
    };
}
