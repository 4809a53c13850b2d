using S3Mount.Configuration;
using S3Mount.Hosting;
using S3Mount.ObjectStore;
using S3Mount.Tests.CommandLine;

namespace S3Mount.Tests.Hosting;

[TestFixture]
public sealed class StoreProblemTests
{
    [TestCase(ObjectStoreFailure.NoSuchBucket, "", "bucket 'b' does not exist; check its name, or name the store with --endpoint-url")]
    [TestCase(ObjectStoreFailure.NoSuchBucket, "--endpoint-url http://h:1", "bucket 'b' does not exist at http://h:1; check its name")]
    [TestCase(ObjectStoreFailure.AccessDenied, "", "access to s3://b/p/ is denied; the credentials need s3:ListBucket and s3:GetObject on it (why)")]
    [TestCase(ObjectStoreFailure.AccessDenied, "--no-sign-request", "access to s3://b/p/ is denied: it is not public; leave out --no-sign-request and use credentials")]
    [TestCase(ObjectStoreFailure.WrongRegion, "", "bucket 'b' lies in another region; name it with --region (why)")]
    [TestCase(ObjectStoreFailure.Unavailable, "--endpoint-url http://h:1", "the store cannot be reached at http://h:1; check --endpoint-url, --region and the network (why)")]
    [TestCase(ObjectStoreFailure.NoCredentials, "", "why; set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, choose a --profile, or mount a public bucket with --no-sign-request")]
    [TestCase(ObjectStoreFailure.Rejected, "", "why")]
    public void A_store_that_cannot_be_opened_is_told_in_one_line(ObjectStoreFailure failure, string options, string line)
    {
        MountSettings settings = Settings.Read(["b/p", "/mnt", .. options.Split(' ', StringSplitOptions.RemoveEmptyEntries)]);
        Assert.That(StoreProblem.Describe(new ObjectStoreException(failure, "why"), settings), Is.EqualTo(line));
    }

    [Test]
    public void A_store_that_does_not_answer_is_told_with_the_time() =>
        Assert.That(
            StoreProblem.DescribeTimeout(Settings.Read("b", "/mnt", "--endpoint-url", "http://h:1"), TimeSpan.FromSeconds(30)),
            Is.EqualTo("the store did not answer within 30 s at http://h:1; check --endpoint-url, --region and the network"));
}
