using S3Mount.FileSystem.Reading;
using S3Mount.FileSystem.Tests.Semantics;
using S3Mount.Fuse;
using S3Mount.Testing;

namespace S3Mount.FileSystem.Tests.Reading;

/// <summary>READs are counted by where their bytes were.</summary>
[CancelAfter(30_000)]
public sealed class ReadStatisticsTests
{
    [Test]
    public async Task A_READ_that_fetches_and_one_that_finds_its_bytes_are_told_apart()
    {
        await using MountRig rig = await MountRig.StartAsync();
        rig.Store.PutRamp("d/f", 100_000);
        NodeId node = await rig.NodeAsync("d/f");
        await rig.Kernel.ReadAsync(node, 0, 4096);
        await rig.Kernel.ReadAsync(node, 50_000, 8192);
        await rig.Kernel.ReadAsync(node, 99_000, 8192);
        ReadStatistics reads = rig.FileSystem.Statistics.Reads!;
        Assert.That((reads.FetchedReads, reads.FetchedBytes, reads.MemoryReads, reads.MemoryBytes), Is.EqualTo((1L, 4096L, 2L, 8192L + 1000L)));
        Assert.That(reads.WaitedForMemory, Is.EqualTo(TimeSpan.Zero));
    }

    [Test]
    public async Task A_file_that_is_waited_for_is_named_and_the_time_is_counted(CancellationToken cancellationToken)
    {
        await using MountRig rig = await MountRig.StartAsync("p/");
        rig.Store.PutRamp("p/d/f", 100_000);
        NodeId node = await rig.NodeAsync("d/f");
        using Gate gate = rig.Store.Hold(StoreOperation.Get);
        Task reading = rig.Kernel.ReadAsync(node, 0, 4096, interrupt: cancellationToken);
        await gate.WaitForArrivalsAsync(1, cancellationToken);
        FilesBeingRead being = rig.FileSystem.Statistics.BeingRead!;
        rig.Advance(4);
        gate.Open();
        await reading;
        Assert.That((being.Count, being.Keys), Is.EqualTo((1, (string[])["d/f"])));
        Assert.That(rig.FileSystem.Statistics.Reads!.WaitedForBlocks, Is.EqualTo(TimeSpan.FromSeconds(4)));
    }
}
