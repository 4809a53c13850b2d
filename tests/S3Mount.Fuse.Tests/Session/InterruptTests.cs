using Microsoft.Extensions.Logging;
using Mono.Unix.Native;
using S3Mount.Fuse.Protocol;
using S3Mount.Fuse.Session;
using S3Mount.Fuse.Tests.Protocol;
using S3Mount.Testing.Fuse;

namespace S3Mount.Fuse.Tests.Session;

[CancelAfter(60_000)]
public sealed class InterruptTests
{
    [Test]
    public async Task An_interrupt_cancels_the_wait_that_it_names()
    {
        await using RawSession raw = await RawSession.StartAsync(session => session.FileSystem.Answer = WaitForTokenAsync);
        raw.Device.Enqueue(Wire.With(GoldenRequests.StatFs, 8, 0x32, 0x12));
        byte[] answer = await raw.AskAsync(GoldenRequests.StatFs).WhenAsked(raw, GoldenRequests.Interrupt);
        Assert.That((RawSession.ErrorOf(answer), RawSession.UniqueOf(answer)), Is.EqualTo((Errno.EINTR, 0x1234ul)));
        Assert.That(raw.Session.Statistics.InFlight, Is.EqualTo(1), "the other request still waits");
        Assert.That(raw.Log.AtLeast(LogLevel.Warning), Is.Empty);
    }

    [Test]
    public async Task An_interrupt_of_nothing_in_flight_is_sent_back()
    {
        await using RawSession raw = await RawSession.StartAsync();
        Assert.That(await raw.AskAsync(GoldenRequests.Interrupt), Is.EqualTo(GoldenReplies.InterruptAgain));
    }

    [Test]
    public async Task An_interrupted_operation_may_still_answer_in_its_own_way()
    {
        await using RawSession raw = await RawSession.StartAsync(session => session.FileSystem.Answer = async request =>
        {
            try
            {
                await Task.Delay(Timeout.Infinite, request.CancellationToken);
            }
            catch (OperationCanceledException)
            {
                request.ReplyLseek(8192);
            }
        });
        Assert.That(await raw.AskAsync(GoldenRequests.Lseek).WhenAsked(raw, GoldenRequests.Interrupt), Is.EqualTo(GoldenReplies.Lseek));
    }

    [Test]
    public async Task An_interrupt_before_the_token_is_asked_for_is_not_lost()
    {
        var goOn = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using RawSession raw = await RawSession.StartAsync(session => session.FileSystem.Answer = async request =>
        {
            await goOn.Task;
            await Task.Delay(Timeout.Infinite, request.CancellationToken);
        });
        Task<byte[]> answer = raw.AskAsync(GoldenRequests.StatFs).WhenAsked(raw, GoldenRequests.Interrupt);
        await Eventually.TrueAsync(() => raw.Session.Statistics.Count(FuseOpcode.Interrupt) == 1 && raw.Device.IsIdle(1));
        goOn.SetResult();
        Assert.That(RawSession.ErrorOf(await answer), Is.EqualTo(Errno.EINTR));
    }

    [Test]
    public async Task A_cancellation_that_nobody_asked_for_is_a_failure()
    {
        await using RawSession raw = await RawSession.StartAsync(session => session.FileSystem.Answer = async _ =>
        {
            await Task.Yield();
            throw new OperationCanceledException("somebody else's");
        });
        Assert.That(RawSession.ErrorOf(await raw.AskAsync(GoldenRequests.StatFs)), Is.EqualTo(Errno.EIO));
        await Eventually.TrueAsync(() => raw.Log.AtLeast(LogLevel.Error).Any());
    }

    [Test]
    public async Task Interrupts_that_race_with_answers_leave_one_answer_each()
    {
        // Operations that end at once, a little later, or only by their token, under a storm of interrupts from four readers.
        var fileSystem = new ScriptedFileSystem
        {
            Answer = request => request.Unique / 2 % 3 == 0 ? WaitForTokenAsync(request) : AnswerSoonAsync(request),
        };
        await using FakeKernel kernel = await FakeKernel.StartAsync(fileSystem, new FuseSessionOptions { ReaderThreads = 4 });
        const int Calls = 2_000;
        var calls = new List<Task<FakeReply<byte[]>>>(Calls);
        var signals = new List<CancellationTokenSource>(Calls);
        for (int i = 0; i < Calls; i++)
        {
            var signal = new CancellationTokenSource();
            signals.Add(signal);
            calls.Add(kernel.RawAsync(FuseOpcode.GetXattr, NodeId.Root, [.. new byte[8], .. "a\0"u8], signal.Token));
            if (i >= 3)
                await signals[i - 3].CancelAsync();
        }
        foreach (CancellationTokenSource signal in signals)
            await signal.CancelAsync();
        FakeReply<byte[]>[] replies = await Task.WhenAll(calls);
        Assert.That(replies.Select(reply => reply.Error), Is.All.EqualTo((Errno)0).Or.EqualTo(Errno.EINTR));
        Assert.That(replies.Count(reply => reply.Error == Errno.EINTR), Is.GreaterThanOrEqualTo(Calls / 3));
        Assert.That(kernel.Violations, Is.Empty);
        await Eventually.TrueAsync(() => kernel.Session.Statistics.InFlight == 0);
    }

    [Test]
    public async Task A_resent_request_is_answered_under_the_unique_that_it_came_with()
    {
        var first = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using RawSession raw = await RawSession.StartAsync(session => session.FileSystem.Answer = async request =>
        {
            if (request.Unique == 0x1234)
                await first.Task;
            request.ReplyOk();
        });
        raw.Device.Enqueue(GoldenRequests.StatFs);
        // FUSE_UNIQUE_RESEND is bit 63.
        byte[] resent = await raw.AskAsync(Wire.With(GoldenRequests.StatFs, 15, 0x80));
        Assert.That(RawSession.UniqueOf(resent), Is.EqualTo(0x8000000000001234ul));
        first.SetResult();
        Assert.That(RawSession.UniqueOf(await raw.Device.TakeAsync()), Is.EqualTo(0x1234ul));
        await Eventually.TrueAsync(() => raw.Session.Statistics.InFlight == 0);
    }

    private static async ValueTask WaitForTokenAsync(FuseRequest request) => await Task.Delay(Timeout.Infinite, request.CancellationToken);

    private static async ValueTask AnswerSoonAsync(FuseRequest request)
    {
        if (request.Unique % 4 == 0)
            await Task.Yield();
        request.ReplyOk();
    }
}
