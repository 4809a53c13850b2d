using S3Mount.ObjectStore;

namespace S3Mount.Doctor.Store;

/// <summary>What to do about a failure of the store. Its own line says what happened; this is the next step.</summary>
internal static class StoreAdvice
{
    public static string Of(ObjectStoreException failure) => failure.Failure switch
    {
        ObjectStoreFailure.NotFound or ObjectStoreFailure.PreconditionFailed => "somebody changes the bucket meanwhile: run s3mount doctor again",
        ObjectStoreFailure.NoSuchBucket => "check the name (aws s3 ls), --endpoint-url and --profile; keys go after a slash: BUCKET/PREFIX",
        ObjectStoreFailure.AccessDenied => "let the policy allow s3:ListBucket on the bucket and s3:GetObject on its keys, or use other credentials (--profile)",
        ObjectStoreFailure.NoCredentials => "run 'aws configure', name a profile with --profile, or use --no-sign-request for a public bucket",
        ObjectStoreFailure.Archived => "restore it before reading: aws s3api restore-object",
        ObjectStoreFailure.WrongRegion => "give the region of the bucket: --region",
        ObjectStoreFailure.Unavailable => "check --endpoint-url, the port, proxies and the firewall; a store in trouble needs its operators",
        ObjectStoreFailure.Malformed => "check that --endpoint-url is an S3 endpoint, and that no proxy answers in its place",
        _ => "check bucket, --endpoint-url and --force-path-style",
    };
}
