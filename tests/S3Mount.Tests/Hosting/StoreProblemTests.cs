using S3Mount.Hosting;
using S3Mount.ObjectStore;

namespace S3Mount.Tests.Hosting;

[TestFixture]
public sealed class StoreProblemTests
{
    [TestCase(ObjectStoreFailure.NoSuchBucket, ExpectedResult = "why")]
    [TestCase(ObjectStoreFailure.NoCredentials, ExpectedResult = "why")]
    [TestCase(ObjectStoreFailure.Unavailable, ExpectedResult = "why; check --endpoint-url, --region and the network")]
    public string The_stores_own_line_is_shown(ObjectStoreFailure failure) => StoreProblem.Describe(new ObjectStoreException(failure, "why"));

    [Test]
    public void A_store_that_does_not_answer_is_told_with_the_time() =>
        Assert.That(
            StoreProblem.DescribeTimeout("s3://b/p/", TimeSpan.FromSeconds(30)),
            Is.EqualTo("the store of s3://b/p/ did not answer within 30 s; check --endpoint-url, --region and the network"));
}
