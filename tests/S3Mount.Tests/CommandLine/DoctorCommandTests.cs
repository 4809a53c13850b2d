using S3Mount.CommandLine;

namespace S3Mount.Tests.CommandLine;

[TestFixture]
public sealed class DoctorCommandTests
{
    private const string Usage = "s3mount doctor [BUCKET[/PREFIX]] [options]";

    [TestCase("--region x", $"--region is of a store, and the bucket is missing; write {Usage}")]
    [TestCase("b c", $"unexpected argument 'c'; write {Usage}")]
    [TestCase("b --memory 1G", "unknown option '--memory'; see s3mount --help")]
    [TestCase("b --cache", "--cache needs a value: --cache DIR")]
    public void A_wrong_command_line_is_told_in_one_line(string line, string error) =>
        Assert.That(Assert.Throws<UsageException>(() => Parse(line))!.Message, Is.EqualTo(error));

    [Test]
    public void It_takes_what_a_mount_is_told_of_its_store()
    {
        DoctorCommand command = Parse("s3://b/p --region eu-west-1 --quick --json --cache /c");
        Assert.That((command.Bucket, command.Options.Text(MountOptions.Region), command.Options.Text(MountOptions.Cache)), Is.EqualTo(("s3://b/p", "eu-west-1", "/c")));
        Assert.That((command.Options.Has(DoctorCommand.Quick), command.Options.Has(CommonOptions.Json)), Is.EqualTo((true, true)));
    }

    [Test]
    public void Without_a_bucket_it_looks_at_the_machine()
    {
        Assert.That(Parse("").Bucket, Is.Null);
        Assert.That(Parse("-q").Options.Has(DoctorCommand.Quick), Is.True);
    }

    private static DoctorCommand Parse(string line) => DoctorCommand.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries));
}
