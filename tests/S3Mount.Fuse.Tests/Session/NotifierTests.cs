using Microsoft.Extensions.Logging;
using Mono.Unix.Native;
using S3Mount.Fuse.Session;
using S3Mount.Fuse.Tests.Protocol;

namespace S3Mount.Fuse.Tests.Session;

[CancelAfter(60_000)]
public sealed class NotifierTests
{
    [Test]
    public async Task Notifications_leave_as_these_bytes()
    {
        await using RawSession raw = await RawSession.StartAsync();
        FuseNotifier notifier = raw.FileSystem.Connection!.Notifier;
        notifier.InvalidateInode(new NodeId(77), -1, 0);
        Assert.That(await raw.Device.TakeAsync(), Is.EqualTo(GoldenNotifications.InvalInode));
        notifier.InvalidateEntry(NodeId.Root, "a.jpg"u8, expireOnly: false);
        Assert.That(await raw.Device.TakeAsync(), Is.EqualTo(GoldenNotifications.InvalEntry));
        notifier.InvalidateEntry(NodeId.Root, "a.jpg"u8, expireOnly: true);
        Assert.That(await raw.Device.TakeAsync(), Is.EqualTo(GoldenNotifications.ExpireEntry));
        Assert.That(notifier.Store(new NodeId(77), 4096, [1, 2, 3]), Is.EqualTo((Errno)0));
        Assert.That(await raw.Device.TakeAsync(), Is.EqualTo(GoldenNotifications.Store));
        Assert.That(notifier.Resend(), Is.EqualTo((Errno)0));
        Assert.That(await raw.Device.TakeAsync(), Is.EqualTo(GoldenNotifications.Resend));
    }

    [Test]
    public async Task Who_waits_for_an_invalidation_goes_on_when_the_kernel_has_taken_it_or_the_session_is_over()
    {
        using var blocked = new ManualResetEventSlim();
        await using RawSession raw = await RawSession.StartAsync();
        FuseNotifier notifier = raw.FileSystem.Connection!.Notifier;
        raw.Device.Sending = _ =>
        {
            blocked.Wait(TimeSpan.FromSeconds(30));
            return 0;
        };
        Task first = notifier.InvalidateEntryAsync(NodeId.Root, "a.jpg"u8, expireOnly: true);
        Task second = notifier.InvalidateEntryAsync(NodeId.Root, "b.jpg"u8, expireOnly: true);
        Assert.That((first.IsCompleted, second.IsCompleted), Is.EqualTo((false, false)));
        blocked.Set();
        await first;
        await second;
        await notifier.StopAsync();
        Assert.That(notifier.InvalidateEntryAsync(NodeId.Root, "c.jpg"u8, expireOnly: true).IsCompletedSuccessfully, Is.True);
    }

    [Test]
    public async Task An_older_kernel_gets_a_full_invalidation_and_no_resend()
    {
        await using RawSession raw = await RawSession.StartAsync(init: GoldenInit.Init61Request);
        FuseNotifier notifier = raw.FileSystem.Connection!.Notifier;
        notifier.InvalidateEntry(NodeId.Root, "a.jpg"u8, expireOnly: true);
        Assert.That(await raw.Device.TakeAsync(), Is.EqualTo(GoldenNotifications.InvalEntry));
        Assert.That(notifier.Resend(), Is.EqualTo(Errno.ENOSYS));
        Assert.That(raw.Device.TakeAll(), Is.Empty);
    }

    [Test]
    public async Task What_the_kernel_does_not_have_is_no_error_and_other_refusals_are_logged()
    {
        await using RawSession raw = await RawSession.StartAsync();
        FuseNotifier notifier = raw.FileSystem.Connection!.Notifier;
        Errno refusal = Errno.ENOENT;
        raw.Device.Sending = _ => refusal;
        Assert.That(notifier.Store(new NodeId(5), 0, [1]), Is.EqualTo(Errno.ENOENT));
        notifier.InvalidateEntry(NodeId.Root, "gone"u8, expireOnly: true);
        notifier.InvalidateInode(new NodeId(9), 0, 0);
        await Eventually.TrueAsync(() => notifier.Queued == 0);
        Assert.That(raw.Log.AtLeast(LogLevel.Warning), Is.Empty);
        refusal = Errno.EINVAL;
        notifier.InvalidateInode(new NodeId(9), 0, 0);
        await Eventually.TrueAsync(() => raw.Log.AtLeast(LogLevel.Warning).Any(line => line.Contains("InvalInode")));
    }

    [Test]
    public async Task A_full_queue_drops_the_oldest_and_says_so_once()
    {
        using var blocked = new ManualResetEventSlim();
        var sent = new List<byte[]>();
        await using RawSession raw = await RawSession.StartAsync();
        raw.Device.Sending = message =>
        {
            // The notifier's thread is the only one that sends here.
            blocked.Wait(TimeSpan.FromSeconds(30));
            sent.Add(message);
            return 0;
        };
        FuseNotifier notifier = raw.FileSystem.Connection!.Notifier;
        const int Count = 50_000;
        for (int i = 0; i < Count; i++)
            notifier.InvalidateInode(new NodeId((ulong)i), 0, 0);
        long dropped = notifier.Dropped;
        Assert.That(dropped, Is.InRange(Count / 2, Count - 1));
        Assert.That(notifier.Queued, Is.InRange(1, FuseNotifier.QueueLimit));
        blocked.Set();
        await Eventually.TrueAsync(() => notifier.Queued == 0);
        await raw.Session.DisposeAsync();
        Assert.That(sent, Has.Count.EqualTo(Count - dropped));
        Assert.That(BitConverter.ToUInt64(sent[^1], 16), Is.EqualTo(Count - 1), "the newest is kept");
        Assert.That(raw.Log.Lines.Count(line => line.Id == 140), Is.EqualTo(1));
    }

    [Test]
    public async Task Notifications_after_the_end_are_dropped()
    {
        RawSession raw = await RawSession.StartAsync();
        await raw.DisposeAsync();
        FuseNotifier notifier = raw.FileSystem.Connection!.Notifier;
        notifier.InvalidateInode(new NodeId(9), 0, 0);
        Assert.That(notifier.Queued, Is.Zero);
        Assert.That(raw.Device.TakeAll(), Is.Empty);
    }
}
