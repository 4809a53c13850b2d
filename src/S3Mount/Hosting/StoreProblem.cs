using S3Mount.Configuration;
using S3Mount.ObjectStore;

namespace S3Mount.Hosting;

/// <summary>The one line for a store that could not be opened.</summary>
internal static class StoreProblem
{
    public static string Describe(ObjectStoreException exception, MountSettings settings) => exception.Failure switch
    {
        ObjectStoreFailure.NoSuchBucket => $"bucket '{settings.Bucket}' does not exist{At(settings)}; check its name{(settings.EndpointUrl is null ? ", or name the store with --endpoint-url" : "")}",
        ObjectStoreFailure.AccessDenied when settings.NoSignRequest => $"access to {settings.Url} is denied: it is not public; leave out --no-sign-request and use credentials",
        ObjectStoreFailure.AccessDenied => $"access to {settings.Url} is denied; the credentials need s3:ListBucket and s3:GetObject on it ({exception.Message})",
        ObjectStoreFailure.NoCredentials => $"{exception.Message.TrimEnd('.')}; set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, choose a --profile, or mount a public bucket with --no-sign-request",
        ObjectStoreFailure.WrongRegion => $"bucket '{settings.Bucket}' lies in another region; name it with --region ({exception.Message})",
        ObjectStoreFailure.Unavailable => $"the store cannot be reached{At(settings)}; check --endpoint-url, --region and the network ({exception.Message})",
        _ => exception.Message,
    };

    public static string DescribeTimeout(MountSettings settings, TimeSpan deadline) =>
        $"the store did not answer within {deadline.TotalSeconds:0} s{At(settings)}; check --endpoint-url, --region and the network";

    private static string At(MountSettings settings) => settings.EndpointUrl is null ? "" : $" at {settings.EndpointUrl}";
}
