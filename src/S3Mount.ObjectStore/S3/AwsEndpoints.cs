using Amazon.Runtime;
using Amazon.S3.Endpoints;
using Amazon.S3.Internal;

namespace S3Mount.ObjectStore.S3;

/// <summary>The endpoints of AWS in every partition, from the SDK's endpoint rules.</summary>
internal sealed class AwsEndpoints(string bucket, bool forcePathStyle, bool useDualStack, bool useFips)
{
    /// <exception cref="ObjectStoreException">Rejected: the rules know no such endpoint.</exception>
    public S3Endpoint For(string region)
    {
        try
        {
            var parameters = new S3EndpointParameters
            {
                Bucket = bucket,
                Region = region,
                ForcePathStyle = forcePathStyle,
                UseDualStack = useDualStack,
                UseFIPS = useFips,
                Accelerate = false,
                UseGlobalEndpoint = false,
            };
            return S3Endpoint.ForAws(new AmazonS3EndpointProvider().ResolveEndpoint(parameters).URL, region);
        }
        catch (AmazonClientException exception)
        {
            throw new ObjectStoreException(
                ObjectStoreFailure.Rejected,
                $"AWS has no endpoint for bucket '{bucket}' in region '{ObjectStoreText.OneLine(region)}': {ObjectStoreText.OneLine(exception.Message)}",
                exception);
        }
    }
}
