using Microsoft.Extensions.Logging;
using Mono.Unix.Native;
using S3Mount.Fuse.Protocol;
using S3Mount.Fuse.Session;
using S3Mount.Fuse.Tests.Protocol;

namespace S3Mount.Fuse.Tests.Session;

/// <summary>Each request is answered exactly once, whatever the file system does.</summary>
[CancelAfter(60_000)]
public sealed class AnswerTests
{
    [Test]
    public async Task A_second_answer_is_dropped_and_logged([Values(false, true)] bool isAsync)
    {
        await using RawSession raw = await StartAsync(async request =>
        {
            if (isAsync)
                await Task.Yield();
            request.ReplyError(Errno.ENOENT);
            request.ReplyOk();
            request.ReplyLseek(1);
            request.ReplyBytes("x"u8);
            request.ReplyEntry(default);
        });
        Assert.That(RawSession.ErrorOf(await raw.AskAsync(GoldenRequests.StatFs)), Is.EqualTo(Errno.ENOENT));
        await Eventually.TrueAsync(() => raw.Session.Statistics.InFlight == 0);
        Assert.That(raw.Device.TakeAll(), Is.Empty);
        Assert.That(raw.Log.Lines.Count(line => line.Id == 102), Is.EqualTo(4));
    }

    [Test]
    public async Task A_forgotten_answer_becomes_EIO([Values(false, true)] bool isAsync)
    {
        await using RawSession raw = await StartAsync(async request =>
        {
            if (isAsync)
                await Task.Yield();
        });
        Assert.That(RawSession.ErrorOf(await raw.AskAsync(GoldenRequests.StatFs)), Is.EqualTo(Errno.EIO));
        await Eventually.TrueAsync(() => raw.Log.Lines.Any(line => line is { Id: 103, Level: LogLevel.Warning }));
    }

    [Test]
    public async Task A_failure_becomes_EIO([Values] bool isAsync, [Values] bool throwsAtOnce)
    {
        await using RawSession raw = await StartAsync(request =>
        {
            if (throwsAtOnce)
                throw new InvalidOperationException("broken");
            return FailAsync(isAsync);
        });
        Assert.That(RawSession.ErrorOf(await raw.AskAsync(GoldenRequests.Lookup)), Is.EqualTo(Errno.EIO));
        await Eventually.TrueAsync(() => raw.Log.AtLeast(LogLevel.Error).Any(line => line.Contains("LOOKUP") && line.Contains("broken")));
    }

    [Test]
    public async Task A_failure_after_the_answer_changes_nothing()
    {
        await using RawSession raw = await StartAsync(request =>
        {
            request.ReplyOk();
            throw new InvalidOperationException("late");
        });
        Assert.That(await raw.AskAsync(GoldenRequests.StatFs), Is.EqualTo(GoldenReplies.Ok));
        Assert.That(await raw.AskAsync(GoldenRequests.StatFs), Is.EqualTo(GoldenReplies.Ok));
        Assert.That(raw.Device.TakeAll(), Is.Empty);
    }

    [Test]
    public async Task An_answer_that_comes_after_the_operation_has_ended_never_reaches_another_request()
    {
        FuseRequest? kept = null;
        await using RawSession raw = await StartAsync(request =>
        {
            if (kept is null)
                kept = request;
            else
                kept.ReplyError(Errno.ENOENT);
            return ValueTask.CompletedTask;
        });
        byte[] first = await raw.AskAsync(GoldenRequests.StatFs);
        byte[] second = await raw.AskAsync(Wire.With(GoldenRequests.StatFs, 8, 0x36, 0x12));
        Assert.That((RawSession.ErrorOf(first), RawSession.UniqueOf(first)), Is.EqualTo((Errno.EIO, 0x1234ul)));
        Assert.That((RawSession.ErrorOf(second), RawSession.UniqueOf(second)), Is.EqualTo((Errno.EIO, 0x1236ul)));
    }

    [TestCase(0ul, 100u, 100ul, 100, false)]
    [TestCase(0ul, 100u, 100ul, 99, true)]
    [TestCase(0ul, 100u, 100ul, 101, true)]
    [TestCase(0ul, 100u, 100ul, 0, true)]
    [TestCase(90ul, 100u, 100ul, 10, false)]
    [TestCase(90ul, 100u, 100ul, 11, true)]
    [TestCase(90ul, 100u, 100ul, 9, true)]
    [TestCase(100ul, 100u, 100ul, 0, false)]
    [TestCase(100ul, 100u, 100ul, 1, true)]
    [TestCase(ulong.MaxValue, 100u, 100ul, 0, false)]
    [TestCase(0ul, 0u, 100ul, 0, false)]
    public async Task A_read_is_answered_with_exactly_the_bytes_that_are_due(ulong offset, uint size, ulong fileSize, int given, bool refused)
    {
        await using RawSession raw = await StartAsync(request => ReplyRead(request, offset, size, fileSize, given));
        byte[] answer = await raw.AskAsync(GoldenRequests.Read);
        Assert.That(RawSession.ErrorOf(answer), Is.EqualTo(refused ? Errno.EIO : (Errno)0));
        Assert.That(answer, Has.Length.EqualTo(refused ? 16 : 16 + given));
        Assert.That(raw.Log.Lines.Count(line => line is { Id: 101, Level: LogLevel.Error }), Is.EqualTo(refused ? 1 : 0));
    }

    [Test]
    public async Task A_read_may_come_in_many_slices([Values(1, 15, 16, 17, 100, 1023)] int slices)
    {
        await using RawSession raw = await StartAsync(request => ReplySlices(request, slices));
        byte[] answer = await raw.AskAsync(GoldenRequests.Read);
        Assert.That(answer[16..], Is.EqualTo(Enumerable.Range(0, slices).Select(i => (byte)i)));
    }

    [Test]
    public async Task More_slices_than_one_system_call_takes_are_EIO()
    {
        await using RawSession raw = await StartAsync(request => ReplySlices(request, 1024));
        Assert.That(RawSession.ErrorOf(await raw.AskAsync(GoldenRequests.Read)), Is.EqualTo(Errno.EIO));
    }

    [Test]
    public async Task A_kernel_that_no_longer_waits_is_no_error()
    {
        await using RawSession raw = await StartAsync(request =>
        {
            request.ReplyLseek(1);
            return ValueTask.CompletedTask;
        });
        raw.Device.Sending = _ => Errno.ENOENT;
        await raw.TellAsync(GoldenRequests.Lseek);
        raw.Device.Sending = null;
        await raw.AskAsync(GoldenRequests.Lseek);
        Assert.That(raw.Log.AtLeast(LogLevel.Warning), Is.Empty);
    }

    [TestCase(Errno.EFAULT)]
    [TestCase(Errno.EINVAL)]
    [TestCase(Errno.ENOMEM)]
    public async Task An_answer_that_the_kernel_refuses_is_followed_by_EIO_and_logged_once(Errno error)
    {
        await using RawSession raw = await StartAsync(request =>
        {
            request.ReplyBytes("bytes"u8);
            return ValueTask.CompletedTask;
        });
        raw.Device.Sending = message => message.Length > 16 ? error : 0;
        Assert.That(RawSession.ErrorOf(await raw.AskAsync(GoldenRequests.GetXattr)), Is.EqualTo(Errno.EIO));
        Assert.That(RawSession.ErrorOf(await raw.AskAsync(GoldenRequests.GetXattr)), Is.EqualTo(Errno.EIO));
        Assert.That(raw.Log.AtLeast(LogLevel.Error).Count(line => line.Contains(error.ToString())), Is.EqualTo(1));
    }

    [Test]
    public async Task Lookups_that_the_kernel_did_not_take_are_forgotten()
    {
        await using RawSession raw = await StartAsync(request =>
        {
            if (request.Node == NodeId.Root)
                request.ReplyEntry(new FuseEntryOut { NodeId = 77 });
            else
                ReplyEntries(request);
            return ValueTask.CompletedTask;
        });
        raw.Device.Sending = _ => Errno.ENOENT;
        await raw.TellAsync(GoldenRequests.Lookup, GoldenRequests.ReadDirPlus, GoldenRequests.ReadDir);
        Assert.That(raw.FileSystem.Calls.Where(call => call.StartsWith("FORGET", StringComparison.Ordinal)),
            Is.EqualTo(new[] { "FORGET 77 1", "FORGET 5 1", "FORGET 6 1" }));
    }

    private static Task<RawSession> StartAsync(Func<FuseRequest, ValueTask> answer) =>
        RawSession.StartAsync(raw => raw.FileSystem.Answer = answer);

    private static async ValueTask FailAsync(bool isAsync)
    {
        if (isAsync)
            await Task.Yield();
        throw new InvalidOperationException("broken");
    }

    private static unsafe ValueTask ReplyRead(FuseRequest request, ulong offset, uint size, ulong fileSize, int given)
    {
        byte* bytes = stackalloc byte[128];
        request.ReplyRead(new FuseReadIn { Offset = offset, Size = size }, fileSize, [new FuseSlice(bytes, given)]);
        return ValueTask.CompletedTask;
    }

    private static unsafe ValueTask ReplySlices(FuseRequest request, int count)
    {
        byte* bytes = stackalloc byte[count];
        var slices = new FuseSlice[count];
        for (int i = 0; i < count; i++)
        {
            bytes[i] = (byte)i;
            slices[i] = new FuseSlice(bytes + i, 1);
        }
        request.ReplyRead(new FuseReadIn { Size = (uint)count }, (ulong)count, slices);
        return ValueTask.CompletedTask;
    }

    private static void ReplyEntries(FuseRequest request)
    {
        byte[] buffer = new byte[4096];
        var writer = new DirentWriter(buffer);
        writer.TryAddPlus(new FuseEntryOut { NodeId = 3 }, 3, 1, 4, "."u8);
        writer.TryAddPlus(new FuseEntryOut { NodeId = 4 }, 4, 2, 4, ".."u8);
        writer.TryAddPlus(new FuseEntryOut { NodeId = 5 }, 5, 3, 8, "five"u8);
        writer.TryAddPlus(default, 9, 4, 8, "no entry"u8);
        writer.TryAddPlus(new FuseEntryOut { NodeId = 6 }, 6, 5, 8, "..."u8);
        request.ReplyBytes(buffer.AsSpan(0, writer.Length));
    }
}
