using S3Mount.ObjectStore.S3;

namespace S3Mount.ObjectStore.Tests.S3;

/// <summary>What is kept of a store is found again by its name, and by no other.</summary>
internal sealed class S3StoreNameTests
{
    // As entries were named before partitions were told apart: those of the common one are found again.
    [TestCase("us-east-1", "AWS")]
    [TestCase("eu-central-2", "AWS")]
    [TestCase("xx-new-7", "AWS")]
    [TestCase("", "AWS")]
    [TestCase("cn-north-1", "AWS aws-cn")]
    [TestCase("cn-northwest-1", "AWS aws-cn")]
    [TestCase("us-gov-west-1", "AWS aws-us-gov")]
    public void Each_partition_of_AWS_is_a_store_of_its_own(string region, string name) => Assert.That(S3StoreName.Of(null, region), Is.EqualTo(name));

    [Test]
    public void Another_store_is_its_address_whatever_its_region_is_said_to_be() =>
        Assert.That(S3StoreName.Of("http://10.0.0.5:9000", "cn-north-1"), Is.EqualTo("http://10.0.0.5:9000"));
}
