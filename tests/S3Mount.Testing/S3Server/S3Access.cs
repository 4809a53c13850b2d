using S3Mount.Testing.S3Server.Signing;

namespace S3Mount.Testing.S3Server;

/// <summary>Decides who may do what: signed requests everything, unsigned ones may read public buckets.</summary>
internal sealed class S3Access(S3ServerOptions options, SigV4Verifier verifier)
{
    public void Check(S3Request request, S3Bucket? bucket)
    {
        if (options.Anonymous)
            return;
        if (request.Headers["Authorization"] is not { } header)
        {
            CheckUnsigned(request, bucket);
            return;
        }
        var authorization = SigV4Authorization.Parse(header);
        if (bucket is not null && authorization.Region != bucket.Region)
            CheckRegion(authorization, bucket);
        verifier.Verify(request, authorization);
    }

    private static void CheckUnsigned(S3Request request, S3Bucket? bucket)
    {
        if (bucket is null && request.Bucket is not null && request.Operation != S3Operation.CreateBucket)
            throw S3Exception.NoSuchBucket(request.Bucket);
        bool isReading = request.Operation is S3Operation.GetObject or S3Operation.HeadObject or S3Operation.ListObjects
            or S3Operation.ListObjectsV2 or S3Operation.HeadBucket or S3Operation.GetBucketLocation;
        if (bucket is not { IsPublic: true } || !isReading)
            throw S3Exception.AccessDenied();
    }

    private void CheckRegion(SigV4Authorization authorization, S3Bucket bucket)
    {
        switch (options.WrongRegionAnswer)
        {
            case WrongRegionAnswer.AuthorizationHeaderMalformed:
                throw new S3Exception(400, "AuthorizationHeaderMalformed", $"The authorization header is malformed; the region '{authorization.Region}' is wrong; expecting '{bucket.Region}'")
                {
                    Details = [("Region", bucket.Region)],
                };
            case WrongRegionAnswer.PermanentRedirect:
                throw new S3Exception(301, "PermanentRedirect", "The bucket you are attempting to access must be addressed using the specified endpoint. Please send all future requests to this endpoint.")
                {
                    Details = [("Endpoint", $"{bucket.Name}.s3.{bucket.Region}.amazonaws.com"), ("Bucket", bucket.Name)],
                };
        }
    }
}
