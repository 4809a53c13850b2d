using Microsoft.Extensions.Logging;
using S3Mount.Logging;

namespace S3Mount.Tests.Logging;

[TestFixture]
public sealed class LogQueueTests
{
    [Test]
    [CancelAfter(10_000)]
    public void Lines_come_out_in_order_and_all_of_them_before_the_end(CancellationToken cancellationToken)
    {
        using var sink = new GatedSink();
        sink.Open();
        using (var queue = new LogQueue(sink, TimeProvider.System))
        {
            for (int i = 0; i < 100; i++)
                queue.Post(LogLevel.Information, $"line {i}");
        }
        Assert.That(sink.Lines, Is.EqualTo(Enumerable.Range(0, 100).Select(i => $"line {i}")));
    }

    [Test]
    [CancelAfter(10_000)]
    public void A_sink_that_stands_still_costs_a_bounded_number_of_lines_and_no_time(CancellationToken cancellationToken)
    {
        using var sink = new GatedSink();
        string line = new('x', 1000);
        int posted = 0;
        using (var queue = new LogQueue(sink, TimeProvider.System))
        {
            for (; posted < 2 * LogQueue.Capacity / line.Length; posted++)
                queue.Post(LogLevel.Information, line);
            sink.Open();
        }
        int written = sink.Lines.Count(text => text == line);
        Assert.That(written * 2L * line.Length, Is.InRange(LogQueue.Capacity / 2, LogQueue.Capacity));
        Assert.That(sink.Lines, Has.Exactly(1).EqualTo($"{posted - written} log lines were dropped"));
    }

    [Test]
    public void After_the_end_nothing_fails()
    {
        using var sink = new GatedSink();
        sink.Open();
        var queue = new LogQueue(sink, TimeProvider.System);
        queue.Dispose();
        queue.Dispose();
        queue.Post(LogLevel.Information, "late");
        Assert.That(sink.Lines, Is.Empty);
    }

    private sealed class GatedSink : ILogSink
    {
        private readonly ManualResetEventSlim _open = new();

        public List<string> Lines { get; } = [];

        public void Open() => _open.Set();

        public void Write(LogLevel level, DateTimeOffset time, string message)
        {
            _open.Wait(TimeSpan.FromSeconds(10));
            Lines.Add(message);
        }

        public void Reopen()
        {
        }

        public void Dispose()
        {
        }
    }
}
