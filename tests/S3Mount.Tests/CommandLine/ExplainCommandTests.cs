using S3Mount.CommandLine;

namespace S3Mount.Tests.CommandLine;

[TestFixture]
public sealed class ExplainCommandTests
{
    [TestCase("/mnt/a", "/mnt/a", false)]
    [TestCase("--json ./-a", "./-a", true)]
    [TestCase("a --json", "a", true)]
    public void A_path_and_a_flag(string line, string path, bool json) => Assert.That(ExplainCommand.Parse(line.Split(' ')), Is.EqualTo(new ExplainCommand(path, json)));

    [TestCase("", "the path is missing; write s3mount explain PATH [--json]")]
    [TestCase("a b", "unexpected argument 'b'; write s3mount explain PATH [--json]")]
    [TestCase("a --jsn", "unknown option '--jsn'; did you mean --json?")]
    public void What_is_wrong_is_named(string line, string message) =>
        Assert.That(() => ExplainCommand.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)), Throws.TypeOf<UsageException>().With.Message.EqualTo(message));
}
