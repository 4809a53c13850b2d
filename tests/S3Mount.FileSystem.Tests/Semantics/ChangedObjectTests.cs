using System.Text;
using Mono.Unix.Native;
using S3Mount.Fuse;
using S3Mount.Fuse.Protocol;
using S3Mount.Testing;
using S3Mount.Testing.Fuse;

namespace S3Mount.FileSystem.Tests.Semantics;

/// <summary>Objects that are overwritten or deleted under the mount: never a mixed byte, and the next open sees what is there.</summary>
[CancelAfter(30_000)]
public sealed class ChangedObjectTests
{
    private const int MiB = 1 << 20;

    [Test]
    public async Task Reads_that_need_the_old_bytes_are_ESTALE_and_the_next_open_finds_the_new([Values] bool listed)
    {
        await using MountRig rig = await MountRig.StartAsync();
        rig.Store.Put("d/f", "old content");
        NodeId directory = await rig.NodeAsync("d");
        if (listed)
            await rig.ListAsync(directory);
        FuseEntryOut old = await rig.LookupAsync(directory, "f");
        rig.Store.Put("d/f", "new");
        Assert.That((await rig.Kernel.ReadAsync(new NodeId(old.NodeId), 0, 4096)).Error, Is.EqualTo(Errno.ESTALE));
        FakeNotification notification = await rig.Kernel.NextNotificationAsync();
        Assert.That((notification.Code, notification.Node, notification.IsExpireOnly), Is.EqualTo((FakeNotification.InvalEntry, directory.Value, true)));
        Assert.That(notification.Name, Is.EqualTo("f"u8.ToArray()));
        rig.TakeCalls();

        // What the kernel does next, within the TTL: LOOKUP, FORGET of the new node, LOOKUP again.
        FuseEntryOut first = await rig.LookupAsync(directory, "f");
        Assert.That((first.NodeId != old.NodeId, first.Attr.Size, first.Attr.Ino), Is.EqualTo((true, 3UL, old.Attr.Ino)));
        rig.Kernel.Forget(new NodeId(first.NodeId), 1);
        await rig.Kernel.SyncAsync();
        FuseEntryOut second = await rig.LookupAsync(directory, "f");
        Assert.That(Encoding.UTF8.GetString(await rig.ReadAsync(new NodeId(second.NodeId), second.Attr.Size)), Is.EqualTo("new"));
        Assert.That(rig.TakeCalls(), Is.EqualTo(["LIST d/f", "GET d/f"]));
    }

    [Test]
    public async Task A_deleted_object_is_ESTALE_for_who_holds_it_and_then_missing([Values] bool listed)
    {
        await using MountRig rig = await MountRig.StartAsync();
        rig.Put("d/f", "d/g");
        NodeId directory = await rig.NodeAsync("d");
        if (listed)
            await rig.ListAsync(directory);
        FuseEntryOut old = await rig.LookupAsync(directory, "f");
        rig.Store.Delete("d/f");
        Assert.That((await rig.Kernel.ReadAsync(new NodeId(old.NodeId), 0, 4096)).Error, Is.EqualTo(Errno.ESTALE));
        Assert.That((await rig.Kernel.NextNotificationAsync()).Name, Is.EqualTo("f"u8.ToArray()));
        Assert.That((await rig.LookupAsync(directory, "f")).NodeId, Is.Zero);
        Assert.That(await rig.ReadTextAsync("d/g"), Is.EqualTo("d/g"));
    }

    [Test]
    public async Task Bytes_of_the_old_version_that_are_in_memory_are_still_given_and_never_mixed()
    {
        // Larger than what is on its way after one READ.
        const int Size = 32 * MiB;
        await using MountRig rig = await MountRig.StartAsync();
        rig.Store.PutRamp("f", Size, seed: 1);
        FuseEntryOut old = await rig.WalkAsync("f");
        var node = new NodeId(old.NodeId);
        await rig.Kernel.ReadAsync(node, 0, MiB);
        rig.Store.PutRamp("f", Size, seed: 2);
        var errors = new HashSet<Errno>();
        for (ulong offset = 0; offset < Size; offset += 128 << 10)
        {
            FakeReply<byte[]> reply = await rig.Kernel.ReadAsync(node, offset, 128 << 10);
            errors.Add(reply.Error);
            if (reply.IsOk)
                Assert.That((reply.Value.Length, Ramp.FirstDifference(reply.Value, (long)offset, seed: 1)), Is.EqualTo((128 << 10, -1L)));
        }
        Assert.That(errors, Is.EquivalentTo([default, Errno.ESTALE]));
        FuseEntryOut current = await rig.WalkAsync("f");
        byte[] bytes = await rig.ReadAsync(new NodeId(current.NodeId), current.Attr.Size);
        Assert.That((bytes.Length, Ramp.FirstDifference(bytes, 0, seed: 2)), Is.EqualTo((Size, -1L)));
        Assert.That((await rig.Kernel.ReadAsync(node, Size - MiB, MiB)).Error, Is.EqualTo(Errno.ESTALE), "the old inode never shows new bytes");
    }

    [Test]
    public async Task An_object_replaced_while_its_bytes_are_on_their_way_gives_the_old_ones_or_an_error()
    {
        await using MountRig rig = await MountRig.StartAsync();
        rig.Store.PutRamp("f", MiB, seed: 1);
        NodeId node = await rig.NodeAsync("f");
        using Gate gate = rig.Store.Hold(StoreOperation.Get);
        Task<FakeReply<byte[]>> read = rig.Kernel.ReadAsync(node, 0, MiB);
        await gate.WaitForArrivalsAsync(1, default);
        rig.Store.PutRamp("f", MiB, seed: 2);
        gate.Open();
        Assert.That((await read).Error, Is.EqualTo(Errno.ESTALE));
    }

    [Test]
    public async Task After_the_ttl_an_open_sees_the_new_version_without_any_ESTALE()
    {
        await using MountRig rig = await MountRig.StartAsync();
        rig.Store.Put("f", "old");
        FuseEntryOut old = await rig.WalkAsync("f");
        Assert.That(await rig.ReadTextAsync("f"), Is.EqualTo("old"));
        rig.Store.Put("f", "newer");
        rig.Advance(59);
        Assert.That((await rig.WalkAsync("f")).NodeId, Is.EqualTo(old.NodeId));
        rig.Advance(1);
        Assert.That(await rig.ReadTextAsync("f"), Is.EqualTo("newer"));
        Assert.That((await rig.Kernel.ReadAsync(new NodeId(old.NodeId), 0, 100)).Required, Is.EqualTo("old"u8.ToArray()), "it was in memory");
        Assert.That((await rig.Kernel.GetAttrAsync(new NodeId(old.NodeId))).Required.Attr.Size, Is.EqualTo(3));
    }

    [Test]
    public async Task A_doubtful_entry_is_only_named_by_READDIRPLUS_and_others_keep_theirs()
    {
        await using MountRig rig = await MountRig.StartAsync();
        rig.Put("a", "b", "c");
        await rig.ListAsync();
        NodeId b = await rig.NodeAsync("b");
        rig.Store.Put("b", "changed");
        await rig.Kernel.ReadAsync(b, 0, 100);
        IReadOnlyList<FakeDirent> entries = await rig.Kernel.ListAsync(NodeId.Root, plus: true);
        Assert.That(entries.Skip(2).Select(entry => (entry.Name, entry.Entry!.Value.NodeId != 0)), Is.EqualTo([("a", true), ("b", false), ("c", true)]));
        Assert.That(await rig.ReadTextAsync("b"), Is.EqualTo("changed"));
        Assert.That((rig.Store.Lists, rig.Store.Gets), Is.EqualTo((2, 2)));
    }

    [Test]
    public async Task A_reader_half_way_through_a_directory_that_is_not_cached_is_not_given_a_version_that_is_gone()
    {
        await using MountRig rig = await MountRig.StartAsync(change: options => options with { ListingMemory = 1000 });
        rig.Put([.. Enumerable.Range(0, 30).Select(i => $"f{i:d2}")]);
        IReadOnlyList<FakeDirent> first = (await rig.Kernel.ReadDirPlusAsync(NodeId.Root, 0, 2000)).Required;
        Assert.That(first, Has.Count.InRange(5, 15));
        NodeId dead = await rig.NodeAsync("f20");
        rig.Store.Put("f20", "changed");
        Assert.That((await rig.Kernel.ReadAsync(dead, 0, 100)).Error, Is.EqualTo(Errno.ESTALE));
        IReadOnlyList<FakeDirent> rest = (await rig.Kernel.ReadDirPlusAsync(NodeId.Root, first[^1].Offset, 65536)).Required;
        Assert.That(rest[^1].Name, Is.EqualTo("f29"));
        Assert.That(rest.Where(entry => entry.Entry!.Value.NodeId == 0).Select(entry => entry.Name), Is.EqualTo(["f20"]));
        Assert.That(await rig.ReadTextAsync("f20"), Is.EqualTo("changed"));
    }

    [Test]
    public async Task Readers_who_go_on_with_an_old_version_cost_those_of_the_new_one_nothing()
    {
        await using MountRig rig = await MountRig.StartAsync();
        rig.Store.Put("f", "old");
        NodeId old = await rig.NodeAsync("f");
        rig.Store.Put("f", "new");
        await rig.Kernel.ReadAsync(old, 0, 100);
        Assert.That(await rig.ReadTextAsync("f"), Is.EqualTo("new"));
        await rig.ListAsync();
        rig.TakeCalls();
        for (int i = 0; i < 5; i++)
        {
            Assert.That((await rig.Kernel.ReadAsync(old, 0, 100)).Error, Is.EqualTo(Errno.ESTALE));
            Assert.That(await rig.ReadTextAsync("f"), Is.EqualTo("new"));
        }
        Assert.That(rig.Store.Lists, Is.Zero);
    }

    [Test, CancelAfter(20_000)]
    public async Task A_kernel_that_is_slow_to_take_the_news_keeps_the_reader_for_half_a_second_of_the_mounts_time(CancellationToken cancellationToken)
    {
        using var taking = new ManualResetEventSlim();
        await using MountRig rig = await MountRig.StartAsync();
        rig.Store.Put("f", "old");
        NodeId node = await rig.NodeAsync("f");
        rig.Store.Delete("f");
        HoldNotifications(rig.Kernel.Device, taking);
        int timers = rig.Time.ActiveTimers;
        Task<FakeReply<byte[]>> read = rig.Kernel.ReadAsync(node, 0, 100, interrupt: CancellationToken.None);
        try
        {
            Task waits = rig.Time.WaitForTimersAsync(timers + 1, cancellationToken);
            Assert.That(await Task.WhenAny(waits, read), Is.SameAs(waits), "another clock");
            rig.Advance(0.499);
            Assert.That(read.IsCompleted, Is.False);
            rig.Advance(0.001);
            Assert.That((await read).Error, Is.EqualTo(Errno.ESTALE));
        }
        finally
        {
            taking.Set();
        }
    }

    [Test]
    public async Task A_kernel_that_cannot_only_expire_an_entry_is_told_to_drop_it()
    {
        const ulong HasExpireOnly = 1UL << 35;
        await using MountRig rig = await MountRig.StartAsync(kernelOptions: new FakeKernelOptions { Flags = FakeKernelOptions.AllFlags & ~HasExpireOnly });
        rig.Store.Put("f", "old");
        NodeId node = await rig.NodeAsync("f");
        rig.Store.Delete("f");
        await rig.Kernel.ReadAsync(node, 0, 100);
        FakeNotification notification = await rig.Kernel.NextNotificationAsync();
        Assert.That((notification.Code, notification.IsExpireOnly), Is.EqualTo((FakeNotification.InvalEntry, false)));
    }

    private static void HoldNotifications(FakeFuseDevice device, ManualResetEventSlim taking)
    {
        Func<byte[], Errno> take = device.Sending!;
        device.Sending = message =>
        {
            // Unique 0: a notification, on the notifier's own thread. The deadline is for a test that fails.
            if (BitConverter.ToUInt64(message, 8) == 0)
                taking.Wait(TimeSpan.FromSeconds(10));
            return take(message);
        };
    }
}
