using Mono.Unix.Native;
using S3Mount.Fuse;
using S3Mount.Fuse.Protocol;
using S3Mount.Fuse.Session;
using S3Mount.ObjectStore;
using S3Mount.Testing;
using S3Mount.Testing.Fuse;

namespace S3Mount.FileSystem.Tests.Semantics;

/// <summary>What readers get when the store fails, and when they stop waiting.</summary>
[CancelAfter(30_000)]
public sealed class FailureTests
{
    [TestCase(ObjectStoreFailure.NotFound, Errno.ENOENT, Errno.ESTALE)]
    [TestCase(ObjectStoreFailure.NoSuchBucket, Errno.EIO, Errno.EIO)]
    [TestCase(ObjectStoreFailure.PreconditionFailed, Errno.ESTALE, Errno.ESTALE)]
    [TestCase(ObjectStoreFailure.AccessDenied, Errno.EACCES, Errno.EACCES)]
    [TestCase(ObjectStoreFailure.NoCredentials, Errno.EACCES, Errno.EACCES)]
    [TestCase(ObjectStoreFailure.Archived, Errno.EACCES, Errno.EACCES)]
    [TestCase(ObjectStoreFailure.WrongRegion, Errno.EIO, Errno.EIO)]
    [TestCase(ObjectStoreFailure.Unavailable, Errno.EIO, Errno.EIO)]
    [TestCase(ObjectStoreFailure.Malformed, Errno.EIO, Errno.EIO)]
    [TestCase(ObjectStoreFailure.Rejected, Errno.EIO, Errno.EIO)]
    public async Task A_failure_becomes_its_errno_and_the_next_try_succeeds(ObjectStoreFailure failure, Errno lookup, Errno read)
    {
        await using MountRig rig = await MountRig.StartAsync();
        rig.Put("f");
        rig.Store.Fail(StoreOperation.List, failure, times: 3);
        Assert.That((await rig.Kernel.LookupAsync(NodeId.Root, "f")).Error, Is.EqualTo(lookup));
        Assert.That((await rig.Kernel.ReadDirAsync(NodeId.Root, 0)).Error, Is.EqualTo(lookup));
        Assert.That((await rig.Kernel.ReadDirPlusAsync(NodeId.Root, 0)).Error, Is.EqualTo(lookup));
        NodeId node = await rig.NodeAsync("f");
        rig.Store.Fail(StoreOperation.Get, failure);
        Assert.That((await rig.Kernel.ReadAsync(node, 0, 10)).Error, Is.EqualTo(read));
        Assert.That((await rig.Kernel.ReadAsync(node, 0, 10)).Required, Is.EqualTo("f"u8.ToArray()));
        await rig.ListAsync();
        rig.Advance(60);
        rig.Store.Fail(StoreOperation.List, failure);
        Assert.That((await rig.Kernel.GetAttrAsync(NodeId.Root)).Error, Is.EqualTo(lookup));
        Assert.That((await rig.Kernel.GetAttrAsync(NodeId.Root)).IsOk, Is.True);
    }

    [Test, CancelAfter(20_000)]
    public async Task A_range_that_the_deadline_has_failed_is_not_waited_for_again_at_once(CancellationToken cancellationToken)
    {
        await using MountRig rig = await MountRig.StartAsync();
        rig.Store.PutRamp("f", 4 << 20);
        rig.Put("g");
        NodeId f = await rig.NodeAsync("f");
        await FailAfterAsync(rig, f, seconds: 4, cancellationToken);
        // What the kernel does: the page that its readahead did not bring is asked for once more.
        Assert.That(await ErrnoAsync(rig.Kernel.ReadAsync(f, 64 << 10, 4096, interrupt: CancellationToken.None)), Is.EqualTo(Errno.EIO));
        rig.Advance(0.999);
        Assert.That(await ErrnoAsync(rig.Kernel.ReadAsync(f, 4096, 128 << 10, interrupt: CancellationToken.None)), Is.EqualTo(Errno.EIO));
        Assert.That(rig.Store.Gets, Is.EqualTo(1));
        Assert.That(rig.Logger.Lines.Select(line => line.Text), Has.Exactly(1).Contains("failed with EIO"));

        Assert.That(Ramp.FirstDifference((await rig.Kernel.ReadAsync(f, 128 << 10, 4096, interrupt: CancellationToken.None)).Required, 128 << 10), Is.EqualTo(-1), "another range");
        Assert.That(await rig.ReadTextAsync("g"), Is.EqualTo("g"), "another file");
        rig.Advance(0.001);
        Assert.That(Ramp.FirstDifference((await rig.Kernel.ReadAsync(f, 0, 128 << 10, interrupt: CancellationToken.None)).Required, 0), Is.EqualTo(-1));
    }

    [Test, CancelAfter(20_000)]
    public async Task A_range_that_failed_without_a_wait_is_asked_for_again(CancellationToken cancellationToken)
    {
        await using MountRig rig = await MountRig.StartAsync();
        rig.Store.PutRamp("f", 4 << 20);
        NodeId f = await rig.NodeAsync("f");
        await FailAfterAsync(rig, f, seconds: 0.099, cancellationToken);
        Assert.That((await rig.Kernel.ReadAsync(f, 0, 4096, interrupt: CancellationToken.None)).IsOk, Is.True);
    }

    [Test]
    public async Task Only_a_version_that_is_gone_is_told_to_the_kernel()
    {
        await using MountRig rig = await MountRig.StartAsync();
        rig.Put("f", "g");
        NodeId f = await rig.NodeAsync("f");
        NodeId g = await rig.NodeAsync("g");
        rig.Store.Fail(StoreOperation.Get, ObjectStoreFailure.Unavailable);
        rig.Store.Delete("g");
        Assert.That((await rig.Kernel.ReadAsync(f, 0, 10)).Error, Is.EqualTo(Errno.EIO));
        Assert.That((await rig.Kernel.ReadAsync(g, 0, 10)).Error, Is.EqualTo(Errno.ESTALE));
        Assert.That((await rig.Kernel.NextNotificationAsync()).Name, Is.EqualTo("g"u8.ToArray()));
    }

    [Test]
    public async Task An_unforeseen_failure_is_EIO_and_the_file_system_goes_on()
    {
        await using MountRig rig = await MountRig.StartAsync();
        rig.Put("f");
        rig.Store.Fail(new StoreFault { Operation = StoreOperation.List, Failure = _ => new FormatException("odd") });
        rig.Store.Fail(new StoreFault { Operation = StoreOperation.Get, Failure = _ => new FormatException("odd") });
        Assert.That((await rig.Kernel.LookupAsync(NodeId.Root, "f")).Error, Is.EqualTo(Errno.EIO));
        NodeId node = await rig.NodeAsync("f");
        Assert.That((await rig.Kernel.ReadAsync(node, 0, 10)).Error, Is.EqualTo(Errno.EIO));
        Assert.That(await rig.ReadTextAsync("f"), Is.EqualTo("f"));
    }

    [Test, CancelAfter(20_000)]
    public async Task An_interrupted_LOOKUP_is_EINTR_at_once_and_the_others_go_on()
    {
        await using MountRig rig = await MountRig.StartAsync();
        rig.Put("f");
        using Gate gate = rig.Store.Hold(StoreOperation.List);
        using var signal = new CancellationTokenSource();
        Task<FakeReply<FuseEntryOut>> interrupted = rig.Kernel.LookupAsync(NodeId.Root, "f", signal.Token);
        Task<FakeReply<FuseEntryOut>> patient = rig.Kernel.LookupAsync(NodeId.Root, "f");
        await gate.WaitForArrivalsAsync(1, default);
        await signal.CancelAsync();
        Assert.That((await interrupted).Error, Is.EqualTo(Errno.EINTR));
        Assert.That(patient.IsCompleted, Is.False);
        gate.Open();
        Assert.That((await patient).Required.NodeId, Is.Not.Zero);
        Assert.That(rig.TakeCalls(), Is.EqualTo(["LIST f"]));
    }

    [Test, CancelAfter(20_000)]
    public async Task An_interrupted_READ_is_EINTR_at_once_and_the_others_go_on()
    {
        await using MountRig rig = await MountRig.StartAsync();
        rig.Store.PutRamp("f", 100_000);
        NodeId node = await rig.NodeAsync("f");
        using Gate gate = rig.Store.Hold(StoreOperation.Get);
        using var signal = new CancellationTokenSource();
        Task<FakeReply<byte[]>> interrupted = rig.Kernel.ReadAsync(node, 0, 4096, interrupt: signal.Token);
        Task<FakeReply<byte[]>> patient = rig.Kernel.ReadAsync(node, 4096, 4096);
        await gate.WaitForArrivalsAsync(1, default);
        await signal.CancelAsync();
        Assert.That((await interrupted).Error, Is.EqualTo(Errno.EINTR));
        Assert.That(patient.IsCompleted, Is.False);
        gate.Open();
        Assert.That(Ramp.FirstDifference((await patient).Required, 4096), Is.EqualTo(-1));
        Assert.That(rig.Store.Gets, Is.EqualTo(1));
    }

    [TestCase(FuseOpcode.ReadDir)]
    [TestCase(FuseOpcode.ReadDirPlus)]
    [TestCase(FuseOpcode.GetAttr)]
    public async Task An_interrupted_listing_is_EINTR_and_is_there_for_the_next(FuseOpcode opcode)
    {
        await using MountRig rig = await MountRig.StartAsync();
        rig.Put("a", "b");
        await rig.ListAsync();
        rig.Advance(60);
        rig.TakeCalls();
        using var signal = new CancellationTokenSource();
        using (Gate gate = rig.Store.Hold(StoreOperation.List))
        {
            Task<Errno> interrupted = opcode switch
            {
                FuseOpcode.ReadDir => ErrnoAsync(rig.Kernel.ReadDirAsync(NodeId.Root, 0, interrupt: signal.Token)),
                FuseOpcode.ReadDirPlus => ErrnoAsync(rig.Kernel.ReadDirPlusAsync(NodeId.Root, 0, interrupt: signal.Token)),
                _ => ErrnoAsync(rig.Kernel.GetAttrAsync(NodeId.Root, signal.Token)),
            };
            await gate.WaitForArrivalsAsync(1, default);
            await signal.CancelAsync();
            Assert.That(await interrupted, Is.EqualTo(Errno.EINTR));
        }
        Assert.That(await rig.ListAsync(), Is.EqualTo(["a", "b"]));
        Assert.That(rig.TakeCalls(), Is.EqualTo(["LIST "]));
    }

    [Test, CancelAfter(20_000)]
    public async Task The_end_of_the_mount_ends_every_wait()
    {
        await using MountRig rig = await MountRig.StartAsync();
        rig.Store.PutRamp("f", 100_000);
        NodeId node = await rig.NodeAsync("f");
        using Gate gate = rig.Store.Hold(StoreOperation.Get);
        using Gate lists = rig.Store.Hold(StoreOperation.List);
        Task read = rig.Kernel.ReadAsync(node, 0, 4096);
        Task lookup = rig.Kernel.LookupAsync(NodeId.Root, "x");
        await gate.WaitForArrivalsAsync(1, default);
        await lists.WaitForArrivalsAsync(1, default);
        await rig.Kernel.UnmountAsync();
        await Task.WhenAll(read, lookup);
        Assert.That(rig.Store.InFlight, Is.Zero);
    }

    [Test, CancelAfter(20_000)]
    public async Task The_end_of_the_session_is_EIO_for_those_who_still_wait(CancellationToken cancellationToken)
    {
        await using MountRig rig = await MountRig.StartAsync(sessionOptions: new FuseSessionOptions { DrainTimeout = TimeSpan.FromMilliseconds(100) });
        rig.Put("f", "d/x");
        NodeId file = await rig.NodeAsync("f");
        NodeId directory = await rig.NodeAsync("d");
        await rig.ListAsync(directory);
        rig.Advance(60);
        using Gate gets = rig.Store.Hold(StoreOperation.Get);
        using Gate lists = rig.Store.Hold(StoreOperation.List);
        Task<Errno>[] waiting =
        [
            ErrnoAsync(rig.Kernel.ReadAsync(file, 0, 10, interrupt: CancellationToken.None)),
            ErrnoAsync(rig.Kernel.LookupAsync(NodeId.Root, "x", CancellationToken.None)),
            ErrnoAsync(rig.Kernel.ReadDirAsync(NodeId.Root, 0, interrupt: CancellationToken.None)),
            ErrnoAsync(rig.Kernel.GetAttrAsync(directory, CancellationToken.None)),
        ];
        await gets.WaitForArrivalsAsync(1, cancellationToken);
        await lists.WaitForArrivalsAsync(3, cancellationToken);
        // The store may have been asked for more than one of them: what the session has not taken yet, nobody answers.
        while (rig.Kernel.Session.Statistics.InFlight < waiting.Length)
            await Task.Delay(1, cancellationToken);
        await rig.Kernel.Session.DisposeAsync();
        Assert.That(await Task.WhenAll(waiting), Is.All.EqualTo(Errno.EIO));
    }

    [Test]
    public async Task Who_joins_what_fails_for_lack_of_time_has_time_of_his_own([Values] bool isLookup, CancellationToken cancellationToken)
    {
        await using MountRig rig = await MountRig.StartAsync();
        rig.Put("f");
        rig.Store.Fail(StoreOperation.List, ObjectStoreFailure.Unavailable);
        using Gate gate = rig.Store.Hold(StoreOperation.List);
        Task<Errno> first = AskAsync();
        await gate.WaitForArrivalsAsync(1, cancellationToken);
        Task<Errno> second = AskAsync();
        while (rig.Kernel.Session.Statistics.InFlight < 2)
            await Task.Delay(1, cancellationToken);
        gate.Open();
        Assert.That(await first, Is.EqualTo(Errno.EIO), "it has waited for as long as it may");
        Assert.That(await second, Is.EqualTo(default(Errno)));
        Assert.That(gate.Arrivals, Is.EqualTo(2));

        async Task<Errno> AskAsync() =>
            isLookup ? (await rig.Kernel.LookupAsync(NodeId.Root, "f", cancellationToken)).Error : (await rig.Kernel.ReadDirAsync(NodeId.Root, 0, interrupt: cancellationToken)).Error;
    }

    private static async Task FailAfterAsync(MountRig rig, NodeId node, double seconds, CancellationToken cancellationToken)
    {
        rig.Store.Fail(StoreOperation.Get, ObjectStoreFailure.Unavailable);
        using Gate gate = rig.Store.Hold(StoreOperation.Get);
        Task<FakeReply<byte[]>> read = rig.Kernel.ReadAsync(node, 0, 128 << 10, interrupt: CancellationToken.None);
        await gate.WaitForArrivalsAsync(1, cancellationToken);
        rig.Advance(seconds);
        gate.Open();
        Assert.That((await read).Error, Is.EqualTo(Errno.EIO));
    }

    private static async Task<Errno> ErrnoAsync<T>(Task<FakeReply<T>> reply) => (await reply).Error;
}
