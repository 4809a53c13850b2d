using Amazon;

namespace S3Mount.ObjectStore.S3;

/// <summary>
/// What a store is called by those who keep something of it: within one name a bucket's name is its own. The partitions of AWS are
/// stores of their own, and buckets of the same name exist in several.
/// </summary>
public static class S3StoreName
{
    // Of all partitions but this one the name is told: it was the only one when the first entries were kept.
    private const string CommonPartition = "aws";

    /// <param name="endpointUrl">As <see cref="S3ObjectStore.EndpointUrl"/>.</param>
    /// <param name="region">As <see cref="S3ObjectStore.Region"/>; empty: not known, and taken for one of the common partition.</param>
    /// <returns><c>http://10.0.0.5:9000</c>, <c>AWS</c>, <c>AWS aws-cn</c>.</returns>
    public static string Of(string? endpointUrl, string region)
    {
        if (endpointUrl is not null)
            return endpointUrl.ToLowerInvariant();
        string partition = region.Length == 0 ? CommonPartition : RegionEndpoint.GetBySystemName(region).PartitionName;
        return partition == CommonPartition ? "AWS" : $"AWS {partition}";
    }
}
