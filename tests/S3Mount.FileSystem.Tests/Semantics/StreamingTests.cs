using Mono.Unix.Native;
using S3Mount.Fuse;
using S3Mount.Fuse.Protocol;
using S3Mount.ObjectStore;
using S3Mount.Testing;
using S3Mount.Testing.Fuse;

namespace S3Mount.FileSystem.Tests.Semantics;

/// <summary>A directory is read while it is still being listed.</summary>
[CancelAfter(20_000)]
public sealed class StreamingTests
{
    private const int PageSize = 10;

    [Test]
    public async Task Entries_are_handed_out_as_pages_arrive(CancellationToken cancellationToken)
    {
        await using MountRig rig = await StartAsync(100);
        using Gate gate = rig.Store.Hold(StoreOperation.List);
        gate.Release();
        List<FakeDirent> first = [.. (await rig.Kernel.ReadDirAsync(NodeId.Root, 0, 65536, interrupt: cancellationToken)).Required];
        Assert.That(first.Select(entry => entry.Name), Is.EqualTo([".", "..", .. Names(0, PageSize - 1)]), "the last file waits for what comes after it");
        Task<FakeReply<IReadOnlyList<FakeDirent>>> next = rig.Kernel.ReadDirAsync(NodeId.Root, first[^1].Offset, 65536, interrupt: cancellationToken);
        await gate.WaitForArrivalsAsync(2, cancellationToken);
        Assert.That(next.IsCompleted, Is.False);
        gate.Release();
        Assert.That((await next).Required.Select(entry => entry.Name), Is.EqualTo(Names(PageSize - 1, (2 * PageSize) - 1)));
        gate.Open();
        Assert.That(await rig.ListAsync(), Is.EqualTo(Names(0, 100)));
        Assert.That(rig.Store.Lists, Is.EqualTo(10), "both readers had the same listing");
    }

    [Test]
    public async Task A_name_that_has_been_listed_is_looked_up_without_a_request(CancellationToken cancellationToken)
    {
        await using MountRig rig = await StartAsync(100);
        using Gate gate = rig.Store.Hold(StoreOperation.List);
        gate.Release();
        await rig.Kernel.ReadDirAsync(NodeId.Root, 0, 65536, interrupt: cancellationToken);
        await gate.WaitForArrivalsAsync(2, cancellationToken);
        Assert.That((await rig.LookupAsync(NodeId.Root, "f0003")).NodeId, Is.Not.Zero);
        Assert.That(gate.Arrivals, Is.EqualTo(2));
        Task<FuseEntryOut> unknown = rig.LookupAsync(NodeId.Root, "f0050");
        await gate.WaitForArrivalsAsync(3, cancellationToken);
        gate.Open();
        Assert.That((await unknown).NodeId, Is.Not.Zero, "one that has not been listed yet is asked for alone");
    }

    [Test]
    public async Task A_listing_that_breaks_off_is_an_error_and_never_the_end(CancellationToken cancellationToken)
    {
        await using MountRig rig = await StartAsync(100);
        rig.Store.Fail(StoreOperation.List, ObjectStoreFailure.Unavailable, number: 3);
        Errno error = default;
        ulong offset = 0;
        var names = new List<string>();
        while (error == 0)
        {
            cancellationToken.ThrowIfCancellationRequested();
            FakeReply<IReadOnlyList<FakeDirent>> reply = await rig.Kernel.ReadDirAsync(NodeId.Root, offset, 65536, interrupt: cancellationToken);
            error = reply.Error;
            if (!reply.IsOk)
                break;
            Assert.That(reply.Value, Is.Not.Empty);
            names.AddRange(reply.Value.Select(entry => entry.Name));
            offset = reply.Value[^1].Offset;
        }
        Assert.That(error, Is.EqualTo(Errno.EIO));
        Assert.That(names.Skip(2), Is.EqualTo(Names(0, (2 * PageSize) - 1)));
        Assert.That(await rig.ListAsync(), Is.EqualTo(Names(0, 100)), "who begins anew gets all of it");
    }

    [Test]
    public async Task A_reader_that_waits_for_a_page_can_be_interrupted(CancellationToken cancellationToken)
    {
        await using MountRig rig = await StartAsync(100);
        using Gate gate = rig.Store.Hold(StoreOperation.List);
        using var interrupt = new CancellationTokenSource();
        Task<FakeReply<IReadOnlyList<FakeDirent>>> waiting = rig.Kernel.ReadDirAsync(NodeId.Root, 0, 65536, interrupt: interrupt.Token);
        await gate.WaitForArrivalsAsync(1, cancellationToken);
        await interrupt.CancelAsync();
        Assert.That((await waiting).Error, Is.EqualTo(Errno.EINTR));
        gate.Open();
        Assert.That(await rig.ListAsync(), Has.Length.EqualTo(100));
    }

    [Test]
    public async Task What_was_handed_out_before_it_expired_is_read_to_its_end(CancellationToken cancellationToken)
    {
        await using MountRig rig = await StartAsync(30);
        using Gate gate = rig.Store.Hold(StoreOperation.List);
        gate.Release();
        List<FakeDirent> entries = [.. (await rig.Kernel.ReadDirAsync(NodeId.Root, 0, 65536, interrupt: cancellationToken)).Required];
        await gate.WaitForArrivalsAsync(2, cancellationToken);
        rig.Advance(61);
        gate.Open();
        while ((await rig.Kernel.ReadDirAsync(NodeId.Root, entries[^1].Offset, 65536, interrupt: cancellationToken)).Required is { Count: > 0 } more)
            entries.AddRange(more);
        Assert.That(entries.Skip(2).Select(entry => entry.Name), Is.EqualTo(Names(0, 30)));
        rig.Store.ResetCalls();
        Assert.That(await rig.ListAsync(), Is.EqualTo(Names(0, 30)));
        Assert.That(rig.Store.Lists, Is.EqualTo(3), "who begins after that sees a listing of his own time");
    }

    private static string[] Names(int from, int to) => [.. Enumerable.Range(from, to - from).Select(i => $"f{i:d4}")];

    private static async Task<MountRig> StartAsync(int files)
    {
        // Page after page, so that the gate holds the one that a test means.
        MountRig rig = await MountRig.StartAsync(change: options => options with { ListPagesAhead = 1 });
        rig.Put(Names(0, files));
        rig.Store.PageSize = PageSize;
        return rig;
    }
}
