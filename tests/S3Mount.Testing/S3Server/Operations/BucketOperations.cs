using S3Mount.Testing.S3Server.Http;
using S3Mount.Testing.S3Server.Signing;

namespace S3Mount.Testing.S3Server.Operations;

/// <summary>What concerns buckets themselves (S3 API, ListBuckets, CreateBucket, GetBucketLocation, …).</summary>
internal sealed class BucketOperations(BucketTable buckets, string defaultRegion)
{
    public const string OwnerId = "75aa57f09aa0c8caeab4f8c24e99d10f8e7faeebf76c078efc7c6caea54ba06a";
    public const string OwnerName = "s3mount";

    public ServerResponse List()
    {
        S3Xml xml = new S3Xml().Open("ListAllMyBucketsResult", isRoot: true)
            .Open("Owner").Element("ID", OwnerId).Element("DisplayName", OwnerName).Close("Owner")
            .Open("Buckets");
        foreach (S3Bucket bucket in buckets.All)
        {
            xml.Open("Bucket").Element("Name", bucket.Name)
                .Element("CreationDate", S3Dates.Listed(bucket.Created)).Close("Bucket");
        }
        return S3Responses.Xml(200, xml.Close("Buckets").Close("ListAllMyBucketsResult"));
    }

    public async ValueTask<ServerResponse> CreateAsync(S3Request request, CancellationToken cancellationToken)
    {
        ReadOnlyMemory<byte> payload = await Payload.ReadAsync(request, cancellationToken);
        string region = payload.IsEmpty ? defaultRegion : S3Documents.LocationConstraint(payload) ?? defaultRegion;
        buckets.Add(request.Bucket!, region, isPublic: false);
        var response = new ServerResponse(200);
        response.Headers["Location"] = "/" + request.Bucket;
        return response;
    }

    public ServerResponse Delete(S3Request request)
    {
        buckets.Remove(request.Bucket!);
        return new ServerResponse(204);
    }

    // us-east-1 is told by saying nothing (S3 API, GetBucketLocation).
    public static ServerResponse Location(S3Bucket bucket) =>
        S3Responses.Xml(200, new S3Xml().Open("LocationConstraint", isRoot: true).Text(bucket.Region == "us-east-1" ? "" : bucket.Region).Close("LocationConstraint"));

    public static ServerResponse Versioning() =>
        S3Responses.Xml(200, new S3Xml().Open("VersioningConfiguration", isRoot: true).Close("VersioningConfiguration"));
}
