using S3Mount.FileSystem.Snapshots;
using S3Mount.ObjectStore;
using S3Mount.Testing;
using S3Mount.Testing.Processes;

namespace S3Mount.FileSystem.Tests.Snapshots;

public sealed class SnapshotWriterTests
{
    [Test]
    public async Task A_failing_listing_leaves_what_was_there()
    {
        await using var rig = new SnapshotRig();
        rig.Put("a");
        rig.Put("b");
        rig.Store.PageSize = 1;
        await rig.CreateAsync();
        byte[] before = await File.ReadAllBytesAsync(rig.FilePath);
        rig.Put("c");
        rig.Store.Fail(StoreOperation.List, ObjectStoreFailure.Unavailable, number: 2);
        Assert.That(() => rig.CreateAsync(), Throws.TypeOf<ObjectStoreException>());
        Assert.That(Directory.GetFileSystemEntries(rig.DirectoryPath), Is.EqualTo(new[] { rig.FilePath }));
        Assert.That(await File.ReadAllBytesAsync(rig.FilePath), Is.EqualTo(before));
    }

    [Test]
    [CancelAfter(30_000)]
    public async Task One_that_is_given_up_leaves_nothing(CancellationToken cancellationToken)
    {
        await using var rig = new SnapshotRig();
        rig.Put("a");
        Gate gate = rig.Store.Hold(StoreOperation.List);
        using var giveUp = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        Task<SnapshotSummary> making = rig.CreateAsync(giveUp.Token);
        await gate.WaitForArrivalsAsync(1, cancellationToken);
        Assert.That(Directory.GetFileSystemEntries(rig.DirectoryPath), Has.Length.EqualTo(1).And.None.EqualTo(rig.FilePath));
        await giveUp.CancelAsync();
        Assert.That(async () => await making, Throws.InstanceOf<OperationCanceledException>());
        Assert.That(Directory.GetFileSystemEntries(rig.DirectoryPath), Is.Empty);
    }

    [Test]
    public async Task Another_snapshot_is_replaced_and_nothing_else_is()
    {
        await using var rig = new SnapshotRig();
        rig.Put("a");
        await rig.CreateAsync();
        rig.Put("b");
        await rig.CreateAsync();
        Assert.That(SnapshotFile.Open(rig.FilePath).Summary.Files, Is.EqualTo(2));
        await File.WriteAllTextAsync(rig.FilePath, "what somebody wrote");
        SnapshotException refusal = Assert.ThrowsAsync<SnapshotException>(() => rig.CreateAsync())!;
        Assert.That(refusal.Message, Is.EqualTo($"{rig.FilePath} is there and is not a snapshot; remove it, or write another file"));
        Assert.That(await File.ReadAllTextAsync(rig.FilePath), Is.EqualTo("what somebody wrote"));
    }

    [Test]
    [CancelAfter(30_000)]
    public async Task A_pipe_is_neither_written_nor_replaced(CancellationToken cancellationToken)
    {
        await using var rig = new SnapshotRig();
        rig.Put("a");
        (await ChildProcess.RunAsync("mkfifo", [rig.FilePath], cancellationToken: cancellationToken)).EnsureSuccess();
        SnapshotException refusal = Assert.ThrowsAsync<SnapshotException>(() => rig.CreateAsync(cancellationToken))!;
        Assert.That(refusal.Message, Is.EqualTo($"{rig.FilePath} cannot be written: it is not a regular file"));
        ChildResult kind = await ChildProcess.RunAsync("stat", ["-c", "%F", rig.FilePath], cancellationToken: cancellationToken);
        Assert.That(kind.Output, Is.EqualTo("fifo\n"));
    }

    [Test]
    public async Task A_file_that_cannot_be_written_is_told_before_anything_is_listed()
    {
        await using var rig = new SnapshotRig();
        rig.Put("a");
        SnapshotException missing = Assert.ThrowsAsync<SnapshotException>(() => SnapshotWriter.CreateAsync(rig.Store, rig.Origin, "/nowhere/x", rig.Time, default))!;
        SnapshotException directory = Assert.ThrowsAsync<SnapshotException>(() => SnapshotWriter.CreateAsync(rig.Store, rig.Origin, rig.DirectoryPath, rig.Time, default))!;
        Assert.That(missing.Message, Is.EqualTo("/nowhere/x cannot be written: no such directory"));
        Assert.That(directory.Message, Is.EqualTo($"{rig.DirectoryPath} cannot be written: it is a directory"));
        Assert.That(rig.Store.Lists, Is.Zero);
    }

    [Test]
    public async Task An_empty_prefix_makes_no_snapshot()
    {
        await using var rig = new SnapshotRig();
        SnapshotException refusal = Assert.ThrowsAsync<SnapshotException>(() => rig.CreateAsync())!;
        Assert.That(refusal.Message, Is.EqualTo("there is nothing under s3://bucket/p/, so no snapshot was made: check bucket and prefix"));
        rig.Put("");
        Assert.That((await rig.CreateAsync()).Files, Is.Zero);
        Assert.That(SnapshotFile.Open(rig.FilePath).Root.Count, Is.Zero);
    }

    [Test]
    public void Keys_out_of_order_are_refused_and_repetitions_left_out()
    {
        var sink = new SnapshotFileWriter(new MemoryStream());
        using var builder = new TreeBuilder(sink);
        builder.Add("b"u8, default, "STANDARD");
        builder.Add("b"u8, default, "STANDARD");
        SnapshotException refusal = Assert.Throws<SnapshotException>(() => builder.Add("a"u8, default, "STANDARD"))!;
        Assert.That(refusal.Message, Is.EqualTo("the store lists 'a' behind 'b': of a listing out of order no snapshot can be made"));
        builder.Complete();
        Assert.That((builder.Keys, builder.Files), Is.EqualTo((1, 1)));
    }

    [Test]
    public void More_storage_classes_than_a_byte_counts_are_refused()
    {
        using var builder = new TreeBuilder(new SnapshotFileWriter(new MemoryStream()));
        for (int i = 0; i < 256; i++)
            builder.Add(System.Text.Encoding.ASCII.GetBytes($"l{i:d3}"), default, $"CLASS{i}");
        Assert.That(() => builder.Add("m"u8, default, "CLASS256"), Throws.TypeOf<SnapshotException>());
    }
}
