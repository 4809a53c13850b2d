using Microsoft.Extensions.Logging;
using S3Mount.Logging;

namespace S3Mount.Tests.Logging;

[TestFixture]
public sealed class FileSinkTests
{
    private string _directory = "";

    [SetUp]
    public void MakeDirectory() => _directory = Directory.CreateTempSubdirectory("s3mount-log-").FullName;

    [TearDown]
    public void RemoveDirectory() => Directory.Delete(_directory, recursive: true);

    [Test]
    public void A_file_is_appended_to()
    {
        string file = _directory + "/log";
        File.WriteAllText(file, "before\n");
        Write(file, "text");
        Assert.That(File.ReadAllLines(file), Is.EqualTo(new[] { "before", "1970-01-01T00:00:00.000Z INFO text" }));
    }

    [Test]
    public void After_a_rename_reopening_writes_to_a_new_file()
    {
        string file = _directory + "/log";
        using var sink = new FileSink(file);
        sink.Write(LogLevel.Information, DateTimeOffset.UnixEpoch, "one");
        File.Move(file, file + ".1");
        sink.Write(LogLevel.Information, DateTimeOffset.UnixEpoch, "two");
        sink.Reopen();
        sink.Write(LogLevel.Information, DateTimeOffset.UnixEpoch, "three");
        Assert.That(File.ReadAllLines(file + ".1"), Has.Length.EqualTo(2));
        Assert.That(File.ReadAllLines(file), Is.EqualTo(new[] { "1970-01-01T00:00:00.000Z INFO three" }));
    }

    private static void Write(string file, string message)
    {
        using var sink = new FileSink(file);
        sink.Write(LogLevel.Information, DateTimeOffset.UnixEpoch, message);
    }
}
