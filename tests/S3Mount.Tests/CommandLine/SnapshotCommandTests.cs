using S3Mount.CommandLine;

namespace S3Mount.Tests.CommandLine;

[TestFixture]
public sealed class SnapshotCommandTests
{
    private const string Create = "s3mount snapshot create BUCKET[/PREFIX] FILE [options]";
    private const string Show = "s3mount snapshot show FILE";
    private const string Verify = "s3mount snapshot verify FILE [--quiet] [options]";

    [TestCase("", "snapshot of what? Write s3mount snapshot create, show or verify; see s3mount --help")]
    [TestCase("/mnt", "unknown command 'snapshot /mnt'; write s3mount snapshot create, show or verify (a bucket of that name is mounted as s3://snapshot/)")]
    [TestCase("create", $"bucket or file is missing; write {Create}")]
    [TestCase("create b", $"bucket or file is missing; write {Create}")]
    [TestCase("create b f g", $"unexpected argument 'g'; write {Create}")]
    [TestCase("create b f --memory 1G", "unknown option '--memory'; see s3mount --help")]
    [TestCase("create b f --quiet", "unknown option '--quiet'; see s3mount --help")]
    [TestCase("create b f --region", "--region needs a value: --region REGION")]
    [TestCase("show", $"the file is missing; write {Show}")]
    [TestCase("show f g", $"unexpected argument 'g'; write {Show}")]
    [TestCase("show f --region x", "unknown option '--region'; see s3mount --help")]
    [TestCase("verify", $"the file is missing; write {Verify}")]
    [TestCase("verify f --prefix p", "unknown option '--prefix'; see s3mount --help")]
    public void A_wrong_command_line_is_told_in_one_line(string line, string error) =>
        Assert.That(Assert.Throws<UsageException>(() => Parse(line))!.Message, Is.EqualTo(error));

    [Test]
    public void Create_takes_what_a_mount_is_told_of_its_store()
    {
        SnapshotCommand command = Parse("create s3://b/p f --region eu-west-1 --no-sign-request");
        Assert.That((command.Action, command.Bucket, command.File), Is.EqualTo((SnapshotAction.Create, "s3://b/p", "f")));
        Assert.That((command.Options.Text(MountOptions.Region), command.Options.Has(MountOptions.NoSignRequest)), Is.EqualTo(("eu-west-1", true)));
    }

    [TestCase("verify f --quiet")]
    [TestCase("verify -q f")]
    public void Verify_can_be_quiet(string line)
    {
        SnapshotCommand command = Parse(line);
        Assert.That((command.Action, command.File, command.Options.Has(SnapshotCommand.Quiet)), Is.EqualTo((SnapshotAction.Verify, "f", true)));
    }

    private static SnapshotCommand Parse(string line) => SnapshotCommand.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries));
}
