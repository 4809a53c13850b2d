using S3Mount.CommandLine;

namespace S3Mount.Tests.CommandLine;

[TestFixture]
public sealed class TopCommandTests
{
    [TestCase("", null, 1, null)]
    [TestCase("/mnt", "/mnt", 1, null)]
    [TestCase("/mnt --interval 5s", "/mnt", 5, null)]
    [TestCase("--interval=1h -n 3 /mnt", "/mnt", 3600, 3)]
    [TestCase("--once", null, 1, 1)]
    [TestCase("--count 7 --interval 2", null, 2, 7)]
    public void It_is_read(string line, string? path, int seconds, int? count) =>
        Assert.That(TopCommand.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)), Is.EqualTo(new TopCommand(path, TimeSpan.FromSeconds(seconds), count)));

    [TestCase("/mnt /data", "unexpected argument '/data'; write s3mount top [MOUNTPOINT] [--interval D] [-n COUNT]")]
    [TestCase("--interval 0s", "--interval: '0s' is not between 1s and 1h")]
    [TestCase("--interval 2h", "--interval: '2h' is not between 1s and 1h")]
    [TestCase("--interval indefinite", "--interval: 'indefinite' is not between 1s and 1h")]
    [TestCase("--interval soon", "--interval: 'soon' is not a duration; write 90s, 10m, 1h or indefinite")]
    [TestCase("-n 0", "--count: '0' is not a number of frames, 1 to 1000000")]
    [TestCase("-n many", "--count: 'many' is not a number of frames, 1 to 1000000")]
    [TestCase("--intervall 2s", "unknown option '--intervall'; did you mean --interval?")]
    public void What_is_wrong_is_said_in_one_line(string line, string message) =>
        Assert.That(Assert.Throws<UsageException>(() => TopCommand.Parse(line.Split(' ')))!.Message, Is.EqualTo(message));
}
