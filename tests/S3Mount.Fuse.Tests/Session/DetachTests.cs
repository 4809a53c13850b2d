using Microsoft.Extensions.Logging;
using Mono.Unix.Native;
using S3Mount.Fuse.Protocol;
using S3Mount.Fuse.Session;
using S3Mount.Fuse.Tests.Protocol;
using S3Mount.Testing.Fuse;

namespace S3Mount.Fuse.Tests.Session;

/// <summary>A session that leaves its connection to the next process, and one that takes it over.</summary>
[CancelAfter(60_000)]
public sealed class DetachTests
{
    private static readonly TimeSpan _long = TimeSpan.FromSeconds(40);

    private readonly TaskCompletionSource _gate = new(TaskCreationOptions.RunContinuationsAsynchronously);

    [Test]
    public async Task What_can_be_answered_is_answered_before_the_connection_is_left()
    {
        await using RawSession raw = await StartAsync(async request =>
        {
            await _gate.Task;
            request.ReplyLseek(8192);
        });
        raw.Device.Enqueue(GoldenRequests.Lseek);
        await Eventually.TrueAsync(() => raw.Session.Statistics.InFlight == 1);
        bool isSaved = false;
        Task detached = raw.Session.DetachAsync(_long, () => isSaved = true);
        Assert.That(isSaved, Is.False, "a request is in flight");
        _gate.SetResult();
        await detached.WaitAsync(_long);
        Assert.That((isSaved, raw.Device.IsDisposed, raw.FileSystem.Destroyed), Is.EqualTo((true, true, 1)));
        Assert.That(raw.Device.TakeAll().Single(), Is.EqualTo(GoldenReplies.Lseek));
        Assert.That(raw.Log.AtLeast(LogLevel.Warning), Is.Empty);
    }

    [Test]
    public async Task What_is_not_answered_in_time_never_is_for_the_next_process_is_asked_again()
    {
        await using RawSession raw = await StartAsync(async request =>
        {
            try
            {
                await Task.Delay(Timeout.Infinite, request.CancellationToken);
            }
            catch (OperationCanceledException)
            {
                request.ReplyError(Errno.EIO);
            }
        });
        raw.Device.Enqueue(GoldenRequests.Lseek);
        await Eventually.TrueAsync(() => raw.Session.Statistics.InFlight == 1);
        await raw.Session.DetachAsync(TimeSpan.FromMilliseconds(20), () => { }).WaitAsync(_long);
        Assert.That(raw.Device.TakeAll(), Is.Empty);
    }

    [Test]
    public async Task A_lookup_that_the_kernel_does_not_hear_of_is_taken_back_before_the_state_is_saved()
    {
        await using RawSession raw = await StartAsync(async request =>
        {
            await Task.Delay(Timeout.Infinite, request.CancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            request.ReplyEntry(new FuseEntryOut { NodeId = 77 });
        });
        raw.Device.Enqueue(GoldenRequests.Lookup);
        await Eventually.TrueAsync(() => raw.Session.Statistics.InFlight == 1);
        string[] calls = [];
        await raw.Session.DetachAsync(TimeSpan.FromMilliseconds(20), () => calls = [.. raw.FileSystem.Calls]).WaitAsync(_long);
        Assert.That(calls[^1], Is.EqualTo($"FORGET {new NodeId(77)} 1"));
        Assert.That(raw.Device.TakeAll(), Is.Empty);
    }

    [Test]
    public async Task What_saving_throws_is_the_end_of_the_session()
    {
        await using RawSession raw = await StartAsync(_ => Task.CompletedTask);
        Task detached = raw.Session.DetachAsync(_long, () => throw new IOException("no room"));
        Assert.That(async () => await detached.WaitAsync(_long), Throws.InstanceOf<IOException>());
        Assert.That((raw.Device.IsDisposed, raw.FileSystem.Destroyed), Is.EqualTo((true, 1)));
    }

    [Test]
    public async Task The_next_session_asks_for_what_was_read_and_then_reads_without_INIT()
    {
        FuseAgreement agreement;
        await using (RawSession first = await StartAsync(_ => Task.CompletedTask))
        {
            agreement = first.Session.Agreement!.Value;
            Assert.That((agreement.Minor, agreement.CanResend, agreement.MaxPages), Is.EqualTo((45, true, 256)));
        }
        var device = new FakeFuseDevice();
        var fileSystem = new ScriptedFileSystem
        {
            Answer = request =>
            {
                request.ReplyLseek(8192);
                return ValueTask.CompletedTask;
            },
        };
        await using var session = new FuseSession(device, fileSystem, new FuseSessionOptions { ReaderThreads = 2, Resumed = agreement }, new TestLogger());
        await session.StartAsync(default);
        // len 16, FUSE_NOTIFY_RESEND (7), unique 0.
        Assert.That(await device.TakeAsync(), Is.EqualTo(Convert.FromHexString("10000000070000000000000000000000")));
        Task<byte[]> answer = device.TakeAsync();
        device.Enqueue(GoldenRequests.Lseek);
        Assert.That(await answer, Is.EqualTo(GoldenReplies.Lseek));
        Assert.That((fileSystem.Connection!.NoOpen, fileSystem.Connection.Minor, fileSystem.Connection.MaxRead), Is.EqualTo((true, 45, 1 << 20)));
    }

    [Test]
    public async Task After_a_crash_names_are_forgotten_first()
    {
        var device = new FakeFuseDevice();
        FuseAgreement agreement;
        await using (RawSession first = await StartAsync(_ => Task.CompletedTask))
            agreement = first.Session.Agreement!.Value;
        await using var session = new FuseSession(device, new ScriptedFileSystem(), new FuseSessionOptions { Resumed = agreement, ForgetsNames = true }, new TestLogger());
        await session.StartAsync(default);
        // FUSE_NOTIFY_INC_EPOCH (8), FUSE_NOTIFY_RESEND (7).
        Assert.That(await device.TakeAsync(), Is.EqualTo(Convert.FromHexString("10000000080000000000000000000000")));
        Assert.That(await device.TakeAsync(), Is.EqualTo(Convert.FromHexString("10000000070000000000000000000000")));
    }

    [TestCase(39, 0UL, false)]
    [TestCase(43, 1UL << 39, true)]
    public async Task A_kernel_that_cannot_do_it_is_not_gone_on_with(int minor, ulong flags, bool forgetsNames)
    {
        var device = new FakeFuseDevice();
        var options = new FuseSessionOptions { Resumed = new FuseAgreement(minor, flags, 256), ForgetsNames = forgetsNames };
        await using var session = new FuseSession(device, new ScriptedFileSystem(), options, new TestLogger());
        Assert.That(async () => await session.StartAsync(default), Throws.InstanceOf<FuseException>().With.Message.Contains("another process"));
        Assert.That(device.TakeAll(), Is.Empty);
    }

    private static Task<RawSession> StartAsync(Func<FuseRequest, Task> answer) =>
        RawSession.StartAsync(raw => raw.FileSystem.Answer = request => new ValueTask(answer(request)));
}
