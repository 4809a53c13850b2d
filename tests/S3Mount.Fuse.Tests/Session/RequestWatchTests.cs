using Microsoft.Extensions.Logging;
using Mono.Unix.Native;
using S3Mount.Fuse.Session;
using S3Mount.Fuse.Tests.Protocol;
using S3Mount.Testing;

namespace S3Mount.Fuse.Tests.Session;

/// <summary>No request waits for ever, and one that does not end is named.</summary>
[CancelAfter(60_000)]
public sealed class RequestWatchTests
{
    private static readonly TimeSpan _deadline = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan _patience = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan _moment = TimeSpan.FromSeconds(1);

    private readonly FakeTimeProvider _clock = new();
    private readonly TaskCompletionSource _gate = new(TaskCreationOptions.RunContinuationsAsynchronously);

    [Test]
    public async Task A_request_that_has_waited_for_the_deadline_fails_and_one_line_tells_of_all()
    {
        await using RawSession raw = await StartAsync(_deadline, WaitForTokenAsync);
        Task<byte[]> first = raw.AskAsync(GoldenRequests.StatFs);
        await WaitsAsync(raw, 1);
        Pass(_deadline - _moment);
        Task<byte[]> second = raw.Device.TakeAsync();
        raw.Device.Enqueue(Wire.With(GoldenRequests.StatFs, 8, 0x98));
        await WaitsAsync(raw, 2);
        Assert.That(first.IsCompleted, Is.False);
        Pass(TimeSpan.FromSeconds(6));
        Assert.That(RawSession.ErrorOf(await first), Is.EqualTo(Errno.EIO), "no signal that would explain EINTR");
        await WaitsAsync(raw, 1);
        Assert.That(second.IsCompleted, Is.False, "it has waited for some seconds");
        Pass(_deadline);
        Assert.That(RawSession.ErrorOf(await second), Is.EqualTo(Errno.EIO));
        Assert.That((raw.Session.Statistics.Late, raw.Session.Statistics.Overdue), Is.EqualTo((2L, 0L)));
        Assert.That(raw.Log.Lines.Where(line => line.Id == 129).Select(line => line.Text), Is.All.Contain("1 requests had waited for 300 s"));
    }

    [Test]
    public async Task Many_that_fail_together_are_told_once_a_minute()
    {
        await using RawSession raw = await StartAsync(TimeSpan.FromSeconds(10), WaitForTokenAsync);
        for (byte round = 0; round < 24; round += 2)
        {
            Task<byte[]> answer = raw.Device.TakeAsync();
            raw.Device.Enqueue(Wire.With(GoldenRequests.StatFs, 8, round));
            await WaitsAsync(raw, 1);
            Pass(TimeSpan.FromSeconds(11));
            await answer;
            await Eventually.TrueAsync(() => raw.Session.Statistics.InFlight == 0);
        }
        Assert.That(raw.Session.Statistics.Late, Is.EqualTo(12));
        Assert.That(raw.Log.Lines.Count(line => line.Id == 129), Is.InRange(2, 4));
    }

    [Test]
    public async Task Without_a_deadline_a_request_waits_for_ever()
    {
        await using RawSession raw = await StartAsync(Timeout.InfiniteTimeSpan, async request =>
        {
            await _gate.Task.WaitAsync(_patience);
            request.ReplyLseek(8192);
        });
        Task<byte[]> answer = raw.AskAsync(GoldenRequests.Lseek);
        await WaitsAsync(raw, 1);
        Pass(TimeSpan.FromDays(3));
        Assert.That(answer.IsCompleted, Is.False);
        _gate.SetResult();
        Assert.That(await answer, Is.EqualTo(GoldenReplies.Lseek));
        Assert.That(raw.Log.AtLeast(LogLevel.Warning), Is.Empty);
    }

    [Test]
    public async Task A_request_that_does_not_end_when_it_is_told_to_is_answered_in_its_place_and_named()
    {
        await using RawSession raw = await StartAsync(_deadline, async request =>
        {
            await _gate.Task.WaitAsync(_patience);
            request.ReplyLseek(8192);
        });
        Task<byte[]> answer = raw.AskAsync(GoldenRequests.Lseek);
        await WaitsAsync(raw, 1);
        Pass(_deadline + _moment);
        Assert.That((answer.IsCompleted, raw.Session.Statistics.Overdue), Is.EqualTo((false, 0L)), "it has some seconds for it");
        Pass(RequestWatch.Grace + TimeSpan.FromSeconds(10));
        Assert.That(RawSession.ErrorOf(await answer), Is.EqualTo(Errno.EIO));
        Pass(_deadline);
        Assert.That(raw.Session.Statistics.Overdue, Is.EqualTo(1));
        Assert.That(raw.Log.Lines.Single(line => line.Id == 127).Text, Does.StartWith("LSEEK (unique").And.Contain("of process"));
        _gate.SetResult();
        await Eventually.TrueAsync(() => raw.Session.Statistics.InFlight == 0);
        Assert.That(raw.Device.TakeAll(), Is.Empty, "its own answer is late");
    }

    [Test]
    public async Task An_interrupt_that_is_not_heard_is_answered_as_one()
    {
        await using RawSession raw = await StartAsync(_deadline, request => new ValueTask(_gate.Task.WaitAsync(_patience)));
        Task<byte[]> answer = raw.AskAsync(GoldenRequests.StatFs).WhenAsked(raw, GoldenRequests.Interrupt);
        await Eventually.TrueAsync(() => raw.Session.Statistics.Count(S3Mount.Fuse.Protocol.FuseOpcode.Interrupt) == 1 && raw.Device.IsIdle(1));
        Pass(TimeSpan.FromSeconds(5));
        Pass(RequestWatch.Grace + TimeSpan.FromSeconds(5));
        Assert.That(RawSession.ErrorOf(await answer), Is.EqualTo(Errno.EINTR));
        Assert.That((raw.Session.Statistics.Late, raw.Session.Statistics.Overdue), Is.EqualTo((0L, 1L)));
        _gate.SetResult();
    }

    [Test]
    public async Task A_reader_thread_that_does_not_go_on_is_named_once()
    {
        using var held = new ManualResetEventSlim();
        await using RawSession raw = await StartAsync(_deadline, request =>
        {
            held.Wait(TimeSpan.FromSeconds(30));
            request.ReplyLseek(8192);
            return default;
        });
        Task<byte[]> answer = raw.AskAsync(GoldenRequests.Lseek);
        await Eventually.TrueAsync(() => raw.Session.Statistics.InFlight == 1);
        Pass(TimeSpan.FromSeconds(5));
        Pass(RequestWatch.LongestOfReader);
        Pass(RequestWatch.LongestOfReader);
        Assert.That(raw.Log.Lines.Count(line => line.Id == 128), Is.EqualTo(1));
        Assert.That(raw.Session.Statistics.Overdue, Is.EqualTo(1));
        held.Set();
        Assert.That(await answer, Is.EqualTo(GoldenReplies.Lseek));
    }

    private static async ValueTask WaitForTokenAsync(FuseRequest request) => await Task.Delay(Timeout.Infinite, request.CancellationToken);

    // The reader has gone on to the next request: these wait for theirs since a moment that is known.
    private static Task WaitsAsync(RawSession raw, int requests) => Eventually.TrueAsync(() => raw.Device.IsIdle(1) && raw.Session.Statistics.InFlight == requests);

    // In steps that the looks of all deadlines fit into.
    private void Pass(TimeSpan time)
    {
        for (TimeSpan done = TimeSpan.Zero; done < time; done += TimeSpan.FromSeconds(time.TotalDays > 1 ? 600 : 0.5))
            _clock.Advance(TimeSpan.FromSeconds(time.TotalDays > 1 ? 600 : 0.5));
    }

    private Task<RawSession> StartAsync(TimeSpan deadline, Func<FuseRequest, ValueTask> answer) =>
        RawSession.StartAsync(session => session.FileSystem.Answer = answer, new FuseSessionOptions { ReaderThreads = 1, RequestDeadline = deadline, DrainTimeout = TimeSpan.Zero, TimeProvider = _clock });
}
