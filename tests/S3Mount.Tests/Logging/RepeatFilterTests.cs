using Microsoft.Extensions.Logging;
using S3Mount.Logging;
using S3Mount.Testing;

namespace S3Mount.Tests.Logging;

public sealed partial class RepeatFilterTests
{
    private readonly FakeTimeProvider _clock = new();
    private Recorder _log = null!;
    private RepeatFilter _filter = null!;

    [SetUp]
    public void Make()
    {
        _log = new Recorder();
        _filter = new RepeatFilter(_log, _clock);
    }

    [Test]
    public void What_comes_with_each_request_is_said_once_a_minute_for_each_cause()
    {
        for (int i = 0; i < 1000; i++)
            Failed(_filter, $"key{i}", "EACCES");
        Failed(_filter, "other", "EIO");
        Assert.That(Texts, Is.EqualTo((string[])["reading key0: EACCES", "reading other: EIO"]));
        _clock.Advance(TimeSpan.FromMinutes(1));
        Failed(_filter, "last", "EACCES");
        Failed(_filter, "more", "EACCES");
        Assert.That(Texts[^1], Is.EqualTo("reading last: EACCES (999 more like this since it was said last)"));
        _clock.Advance(TimeSpan.FromMinutes(1));
        Failed(_filter, "again", "EACCES");
        Assert.That(Texts[^1], Is.EqualTo("reading again: EACCES (1 more like this since it was said last)"));
        Assert.That(_log.Lines.Select(line => (line.Level, line.Id)), Is.All.EqualTo((LogLevel.Error, 203)));
    }

    [Test]
    public void What_is_said_for_its_own_sake_always_passes()
    {
        Warned(_filter, "one");
        Warned(_filter, "two");
        Assert.That(Texts, Is.EqualTo((string[])["warning one", "warning two"]));
    }

    [Test]
    public void Who_looks_for_a_fault_sees_all()
    {
        _log.Least = LogLevel.Debug;
        for (int i = 0; i < 3; i++)
            Failed(_filter, "key", "EIO");
        Assert.That(_log.Lines, Has.Count.EqualTo(3));
    }

    private string[] Texts => [.. _log.Lines.Select(line => line.Text)];

    [LoggerMessage(203, LogLevel.Error, "reading {Key}: {Errno}")]
    private static partial void Failed(ILogger logger, string key, string errno);

    [LoggerMessage(4001, LogLevel.Warning, "warning {Text}")]
    private static partial void Warned(ILogger logger, string text);

    private sealed class Recorder : ILogger
    {
        public List<(LogLevel Level, int Id, string Text)> Lines { get; } = [];

        public LogLevel Least { get; set; } = LogLevel.Information;

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel >= Least;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            Lines.Add((logLevel, eventId.Id, formatter(state, exception)));
    }
}
