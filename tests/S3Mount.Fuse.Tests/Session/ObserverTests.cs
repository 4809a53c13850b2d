using System.Collections.Concurrent;
using Mono.Unix.Native;
using S3Mount.Fuse.Protocol;
using S3Mount.Fuse.Session;
using S3Mount.Fuse.Tests.Protocol;
using S3Mount.Testing;

namespace S3Mount.Fuse.Tests.Session;

/// <summary>What is told of requests that were answered.</summary>
[CancelAfter(30_000)]
public sealed class ObserverTests
{
    private readonly FakeTimeProvider _clock = new();
    private readonly Listener _listener = new();

    [Test]
    public async Task A_request_is_told_with_the_time_that_it_took_and_how_it_was_answered()
    {
        var gate = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using RawSession raw = await RawSession.StartAsync(
            session => session.FileSystem.Answer = async request =>
            {
                await gate.Task;
                request.ReplyError(Errno.EACCES);
            },
            new FuseSessionOptions { ReaderThreads = 1, TimeProvider = _clock, Observer = _listener });
        Task<byte[]> answer = raw.AskAsync(GoldenRequests.StatFs);
        await Eventually.TrueAsync(() => raw.Session.Statistics.InFlight == 1);
        _clock.Advance(TimeSpan.FromSeconds(3));
        gate.SetResult();
        await answer;
        await Eventually.TrueAsync(() => !_listener.Told.IsEmpty);
        Assert.That(_listener.Told, Is.EqualTo(((FuseOpcode, TimeSpan, Errno)[])[(FuseOpcode.StatFs, TimeSpan.FromSeconds(3), Errno.EACCES)]));
    }

    [Test]
    public async Task One_that_fails_or_is_forgotten_is_told_as_EIO_and_messages_without_an_answer_are_not_told()
    {
        int asked = 0;
        await using RawSession raw = await RawSession.StartAsync(
            session => session.FileSystem.Answer = request => ++asked == 1 ? throw new InvalidOperationException("of the test") : ValueTask.CompletedTask,
            new FuseSessionOptions { ReaderThreads = 1, TimeProvider = _clock, Observer = _listener });
        await raw.AskAsync(GoldenRequests.StatFs);
        await raw.AskAsync(GoldenRequests.StatFs);
        await raw.TellAsync(GoldenRequests.BatchForget);
        Assert.That(_listener.Told, Is.EqualTo(((FuseOpcode, TimeSpan, Errno)[])[(FuseOpcode.StatFs, TimeSpan.Zero, Errno.EIO), (FuseOpcode.StatFs, TimeSpan.Zero, Errno.EIO)]));
    }

    [TestCase(0ul, true)]
    [TestCase(4096ul, false)]
    public async Task A_read_is_told_with_who_asked_and_how_much_it_was_given(ulong offset, bool beginsFile)
    {
        await using RawSession raw = await RawSession.StartAsync(
            session => session.FileSystem.Answer = request =>
            {
                Reply(request, offset);
                return ValueTask.CompletedTask;
            },
            new FuseSessionOptions { ReaderThreads = 1, TimeProvider = _clock, Observer = _listener });
        await raw.AskAsync(GoldenRequests.Read);
        await raw.AskAsync(GoldenRequests.StatFs);
        // The pid of the golden requests; what the object of the READ held is not told of the next request.
        Assert.That(_listener.Answers.Select(answer => (answer.Opcode, answer.Pid, answer.BeginsFile, answer.Moment)), Is.EqualTo(((FuseOpcode, uint, bool, long)[])
        [
            (FuseOpcode.Read, 4242, beginsFile, _clock.GetTimestamp()), (FuseOpcode.StatFs, 4242, false, _clock.GetTimestamp()),
        ]));
        Assert.That(_listener.Answers.Select(answer => answer.ReadBytes), Is.EqualTo((int[])[3, 0]));
    }

    [Test]
    public async Task Those_that_wait_are_told_with_their_time_by_who_sent_them()
    {
        var gate = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using RawSession raw = await RawSession.StartAsync(
            session => session.FileSystem.Answer = async request =>
            {
                await gate.Task;
                request.ReplyError(Errno.EACCES);
            },
            new FuseSessionOptions { ReaderThreads = 1, TimeProvider = _clock });
        Assert.That((raw.Session.Statistics.Waiting.Sum, raw.Session.Statistics.Waiting.Longest, raw.Session.Statistics.Waiting.ByPid.Count), Is.EqualTo((TimeSpan.Zero, TimeSpan.Zero, 0)));
        raw.Device.Enqueue(GoldenRequests.StatFs);
        await Eventually.TrueAsync(() => raw.Session.Statistics.Waiting.ByPid.Count == 1);
        _clock.Advance(TimeSpan.FromSeconds(3));
        FuseWaiting waiting = raw.Session.Statistics.Waiting;
        Assert.That((waiting.Sum, waiting.Longest, waiting.ByPid[4242]), Is.EqualTo((TimeSpan.FromSeconds(3), TimeSpan.FromSeconds(3), 1)));
        gate.SetResult();
        await Eventually.TrueAsync(() => raw.Session.Statistics.Waiting.ByPid.Count == 0);
    }

    private static unsafe void Reply(FuseRequest request, ulong offset)
    {
        if (request.Opcode != FuseOpcode.Read)
        {
            request.ReplyError(Errno.ENOSYS);
            return;
        }
        byte* bytes = stackalloc byte[3];
        request.ReplyRead(new FuseReadIn { Offset = offset, Size = 3 }, offset + 3, [new FuseSlice(bytes, 3)]);
    }

    private sealed class Listener : IFuseObserver
    {
        public ConcurrentQueue<(FuseOpcode Opcode, TimeSpan Elapsed, Errno Error)> Told { get; } = [];

        public ConcurrentQueue<FuseAnswer> Answers { get; } = [];

        public void Answered(in FuseAnswer answer)
        {
            Told.Enqueue((answer.Opcode, answer.Elapsed, answer.Error));
            Answers.Enqueue(answer);
        }
    }
}
