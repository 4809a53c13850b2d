using Microsoft.Extensions.Logging;
using Mono.Unix.Native;
using S3Mount.Fuse.Session;
using S3Mount.Fuse.Tests.Protocol;

namespace S3Mount.Fuse.Tests.Session;

/// <summary>How a session ends while requests are in flight.</summary>
[CancelAfter(60_000)]
public sealed class DrainTests
{
    private static readonly FuseSessionOptions _short = new() { ReaderThreads = 1, DrainTimeout = TimeSpan.FromMilliseconds(50) };

    private readonly TaskCompletionSource _gate = new(TaskCreationOptions.RunContinuationsAsynchronously);

    [Test]
    public async Task A_connection_that_is_gone_trips_the_tokens_and_waits_for_operations()
    {
        await using RawSession raw = await StartAsync(async request =>
        {
            try
            {
                await Task.Delay(Timeout.Infinite, request.CancellationToken);
            }
            finally
            {
                await _gate.Task;
            }
        }, new FuseSessionOptions { ReaderThreads = 1, DrainTimeout = TimeSpan.FromSeconds(40) });
        raw.Device.Enqueue(GoldenRequests.StatFs);
        await Eventually.TrueAsync(() => raw.Session.Statistics.InFlight == 1);
        raw.Device.End(Errno.ENODEV);
        Assert.That(raw.FileSystem.Destroyed, Is.Zero, "an operation still runs");
        Assert.That(raw.Session.Completion.IsCompleted, Is.False);
        _gate.SetResult();
        await raw.Session.Completion.WaitAsync(TimeSpan.FromSeconds(20));
        Assert.That(raw.FileSystem.Destroyed, Is.EqualTo(1));
        Assert.That(RawSession.ErrorOf(raw.Device.TakeAll().Single()), Is.EqualTo(Errno.EIO), "ended by the session, not by a signal");
        Assert.That(raw.Log.AtLeast(LogLevel.Warning), Is.Empty);
    }

    [Test]
    public async Task Disposing_lets_requests_in_flight_finish()
    {
        await using RawSession raw = await StartAsync(async request =>
        {
            await _gate.Task;
            request.ReplyLseek(8192);
        });
        raw.Device.Enqueue(GoldenRequests.Lseek);
        await Eventually.TrueAsync(() => raw.Session.Statistics.InFlight == 1);
        ValueTask disposal = raw.Session.DisposeAsync();
        _gate.SetResult();
        await disposal;
        Assert.That(raw.Device.TakeAll().Single(), Is.EqualTo(GoldenReplies.Lseek));
        Assert.That(raw.Device.IsDisposed);
    }

    [Test]
    public async Task What_does_not_finish_in_time_is_failed_and_its_late_answer_dropped()
    {
        await using RawSession raw = await StartAsync(
            async request =>
            {
                await _gate.Task;
                request.ReplyLseek(8192);
            },
            _short);
        raw.Device.Enqueue(GoldenRequests.Lseek);
        await Eventually.TrueAsync(() => raw.Session.Statistics.InFlight == 1);
        await raw.Session.DisposeAsync();
        Assert.That(RawSession.ErrorOf(raw.Device.TakeAll().Single()), Is.EqualTo(Errno.EIO));
        Assert.That(raw.Log.Lines.Count(line => line.Id == 122), Is.EqualTo(1));
        _gate.SetResult();
        await Eventually.TrueAsync(() => raw.Session.Statistics.InFlight == 0);
        Assert.That(raw.Device.TakeAll(), Is.Empty);
        Assert.That(raw.Log.Lines.Any(line => line.Id == 102), Is.False, "a late answer is no bug of the file system");
    }

    [Test]
    public async Task A_device_that_fails_ends_the_session_with_its_error()
    {
        await using RawSession raw = await StartAsync(request =>
        {
            request.ReplyOk();
            return ValueTask.CompletedTask;
        });
        raw.Device.End(Errno.EBADF);
        Assert.That(async () => await raw.Session.Completion, Throws.TypeOf<FuseException>().With.Message.Contains("EBADF"));
        Assert.That(raw.FileSystem.Destroyed, Is.EqualTo(1));
    }

    [Test]
    public async Task Disposing_from_many_threads_destroys_once()
    {
        await using RawSession raw = await StartAsync(_ => ValueTask.CompletedTask);
        await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(async () => await raw.Session.DisposeAsync())));
        Assert.That(raw.FileSystem.Destroyed, Is.EqualTo(1));
    }

    private static Task<RawSession> StartAsync(Func<FuseRequest, ValueTask> answer, FuseSessionOptions? options = null) =>
        RawSession.StartAsync(raw => raw.FileSystem.Answer = answer, options);
}
