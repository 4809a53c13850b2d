using Microsoft.Extensions.Logging;
using S3Mount.Logging;

namespace S3Mount.Tests.Logging;

[TestFixture]
public sealed class LineFormatTests
{
    private static readonly DateTimeOffset _time = new(2026, 3, 1, 14, 0, 0, 7, TimeSpan.FromHours(2));

    [TestCase(LogLevel.Debug, ExpectedResult = "2026-03-01T12:00:00.007Z DEBUG text\n")]
    [TestCase(LogLevel.Information, ExpectedResult = "2026-03-01T12:00:00.007Z INFO text\n")]
    [TestCase(LogLevel.Warning, ExpectedResult = "2026-03-01T12:00:00.007Z WARN text\n")]
    [TestCase(LogLevel.Error, ExpectedResult = "2026-03-01T12:00:00.007Z ERROR text\n")]
    public string Files_and_terminals_get_the_time_in_UTC_and_the_level(LogLevel level) => LineFormat.WithTime(level, _time, "text");

    [TestCase(LogLevel.Debug, ExpectedResult = "<7>text\n")]
    [TestCase(LogLevel.Information, ExpectedResult = "<6>text\n")]
    [TestCase(LogLevel.Warning, ExpectedResult = "<4>text\n")]
    [TestCase(LogLevel.Error, ExpectedResult = "<3>text\n")]
    public string The_journal_gets_a_priority(LogLevel level) => LineFormat.ForJournal(level, "text");

    [Test]
    public void An_entry_stays_one_line()
    {
        var exception = new InvalidOperationException("outer\nmessage", new IOException("inner"));
        Assert.That(LineFormat.OneLine("first\r\nsecond", exception, withStack: false), Is.EqualTo("first second: outer message (inner)"));
        Assert.That(LineFormat.OneLine("text", exception, withStack: true), Does.Contain("System.IO.IOException: inner").And.Not.Contain("\n"));
    }

    [Test]
    public void The_journal_gets_no_time()
    {
        string file = Path.GetTempFileName();
        try
        {
            using var stream = new FileStream(file, FileMode.Truncate);
            using (var sink = new StreamSink(stream, isJournal: true))
                sink.Write(LogLevel.Warning, _time, "text");
            Assert.That(File.ReadAllText(file), Is.EqualTo("<4>text\n"));
        }
        finally
        {
            File.Delete(file);
        }
    }
}
