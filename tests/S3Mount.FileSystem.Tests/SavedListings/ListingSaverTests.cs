using S3Mount.FileSystem.SavedListings;
using S3Mount.FileSystem.Snapshots;
using S3Mount.FileSystem.Tests.Semantics;
using S3Mount.FileSystem.Tests.Snapshots;
using S3Mount.Fuse;
using S3Mount.ObjectStore;
using S3Mount.Testing;

namespace S3Mount.FileSystem.Tests.SavedListings;

/// <summary>What is saved of a mount, and when.</summary>
[CancelAfter(60_000)]
public sealed class ListingSaverTests
{
    [Test]
    public async Task What_was_listed_is_saved_and_what_was_not_is_marked()
    {
        await using var saved = new SavedRig("a/1", "a/2", "a/deep/3", "b/4", "c/d/e/5", "c/other/6", "top");
        await saved.LearnAsync("c/d/e", "a", "");
        SnapshotFile file = saved.Read();
        Assert.That(Listed(file), Is.EqualTo((string[])["", "a/", "c/d/e/"]));
        // What leads to a directory that was listed stands there, although nobody has listed it.
        Assert.That(SnapshotRig.Lines(file).Select(line => line.Path), Is.EqualTo((string[])["a/", "a/1", "a/2", "a/deep/", "b/", "c/", "c/d/", "c/d/e/", "c/d/e/5", "top"]));
        Assert.That((file.Summary.Files, file.Summary.Directories, file.Summary.Bytes), Is.EqualTo((4L, 6L, 16L)));
        saved.Store.Objects.TryGet(new ObjectKey("a/1"), out Testing.Objects.StoredObject? stored);
        Assert.That(SnapshotRig.Lines(file).Single(line => line.Path == "a/1").Version, Is.EqualTo(stored!.Version));

        await using MountRig rig = await saved.MountAsync();
        Assert.That(await rig.ListAsync("c/d/e"), Is.EqualTo((string[])["5"]));
        Assert.That(await rig.ListAsync("c"), Is.EqualTo((string[])["d/", "other/"]));
        Assert.That(rig.TakeCalls(), Is.EqualTo((string[])["LIST c/d", "LIST c/d/e", "LIST c/"]), "what c and c/d hold was not known");
    }

    [Test]
    public async Task What_nobody_has_listed_since_is_carried_over()
    {
        await using SavedRig saved = await SavedListingsTests.LearntAsync();
        saved.Store.Put("b/new", "new");
        saved.Store.Delete("empty/");
        await using (MountRig rig = await saved.MountAsync())
        {
            await rig.ListAsync("b");
            await SavedRig.EndChecksAsync(rig);
        }
        Assert.That(SnapshotRig.Lines(saved.Read()).Select(line => line.Path), Is.EqualTo((string[])["a/", "a/1", "a/2", "a/deep/", "a/deep/er/", "a/deep/er/3", "b/", "b/4", "b/new", "b/é", "top"]));
        Assert.That(Listed(saved.Read()), Is.EqualTo((string[])["", "a/", "a/deep/", "a/deep/er/", "b/"]));
        await using MountRig next = await saved.MountAsync();
        Assert.That(await next.ReadTextAsync("a/deep/er/3"), Is.EqualTo("a/deep/er/3"));
        Assert.That(saved.Store.Lists, Is.Zero);
    }

    [Test]
    public async Task A_file_that_holds_all_that_is_known_is_not_written_again()
    {
        await using SavedRig saved = await SavedListingsTests.LearntAsync();
        DateTime before = File.GetLastWriteTimeUtc(saved.FilePath);
        File.SetLastWriteTimeUtc(saved.FilePath, before.AddDays(-1));
        await using (MountRig rig = await saved.MountAsync())
        {
            await SavedRig.WalkAsync(rig);
            await SavedRig.EndChecksAsync(rig);
        }
        Assert.That(File.GetLastWriteTimeUtc(saved.FilePath), Is.EqualTo(before.AddDays(-1)));
    }

    [Test]
    public async Task A_listing_that_failed_is_not_saved()
    {
        await using var saved = new SavedRig("a/1", "b/2");
        // From the beginning on: it may be listed ahead, beside its sibling.
        saved.Store.Fail(StoreOperation.List, ObjectStoreFailure.Unavailable, times: int.MaxValue, key: "b/");
        await using (MountRig rig = await saved.MountAsync())
        {
            await rig.ListAsync("a");
            await rig.ListAsync();
            NodeId directory = await rig.NodeAsync("b");
            Assert.That((await rig.Kernel.ReadDirAsync(directory, 0, 4096)).IsOk, Is.False);
        }
        Assert.That(Listed(saved.Read()), Is.EqualTo((string[])["", "a/"]));
    }

    [Test]
    public async Task A_daemon_that_is_killed_has_lost_five_minutes_at_most()
    {
        await using var saved = new SavedRig("a/1", "b/2", "c/3");
        await using (MountRig rig = await saved.MountAsync())
        {
            rig.IsKilled = true;
            await rig.ListAsync("a");
            rig.Advance(ListingSaver.FirstAfter.TotalSeconds);
            await SavedRig.UntilAsync(() => SavedRig.Status(rig).MadeAt is not null);
            Assert.That(Listed(saved.Read()), Is.EqualTo((string[])["a/"]));
            DateTimeOffset first = SavedRig.Status(rig).MadeAt!.Value;
            await rig.ListAsync("b");
            await rig.Time.WaitForTimersAsync(1, TestContext.CurrentContext.CancellationToken);
            rig.Advance(ListingSaver.Interval.TotalSeconds - 1);
            Assert.That(SavedRig.Status(rig).MadeAt, Is.EqualTo(first));
            rig.Advance(1);
            await SavedRig.UntilAsync(() => SavedRig.Status(rig).MadeAt > first);
            await rig.ListAsync("c");
        }
        Assert.That(Listed(saved.Read()), Is.EqualTo((string[])["a/", "b/"]));
        Assert.That(Directory.GetFiles(Path.GetDirectoryName(saved.FilePath)!), Has.Length.EqualTo(1));
    }

    [Test]
    public async Task A_pinned_dataset_saves_nothing_and_uses_nothing(CancellationToken cancellationToken)
    {
        await using SavedRig saved = await SavedListingsTests.LearntAsync();
        using var directory = new TempDirectory();
        await SnapshotWriter.CreateAsync(saved.Store, saved.Origin, directory["pinned"], TimeProvider.System, cancellationToken);
        File.Delete(saved.FilePath);
        await using (MountRig rig = await saved.MountAsync(options => options with { Snapshot = SnapshotFile.Open(directory["pinned"]) }))
        {
            await SavedRig.WalkAsync(rig);
            Assert.That(rig.FileSystem.Statistics.SavedListings, Is.Null);
        }
        Assert.That(File.Exists(saved.FilePath), Is.False);
    }

    [Test]
    public async Task Of_two_mounts_at_a_time_the_last_to_write_is_kept()
    {
        await using var saved = new SavedRig("a/1", "b/2");
        await using (MountRig one = await saved.MountAsync())
        {
            await using (MountRig two = await saved.MountAsync())
            {
                await one.ListAsync("a");
                await two.ListAsync("b");
            }
            Assert.That(Listed(saved.Read()), Is.EqualTo((string[])["b/"]));
        }
        Assert.That(Listed(saved.Read()), Is.EqualTo((string[])["a/"]));
    }

    [Test]
    public async Task A_prefix_has_a_file_of_its_own()
    {
        await using var saved = new SavedRig("p/a/1") { Origin = new SnapshotOrigin { Bucket = "bucket", Prefix = "p/", EndpointUrl = null } };
        await saved.LearnAsync("", "a");
        await using MountRig rig = await saved.MountAsync();
        Assert.That(await SavedRig.WalkAsync(rig), Is.EqualTo((string[])["a/", "a/1"]));
        Assert.That(saved.Store.Lists, Is.Zero);
        string[] names =
        [
            SavedListingsFile.NameOf(saved.Origin), SavedListingsFile.NameOf(saved.Origin with { Prefix = "" }), SavedListingsFile.NameOf(saved.Origin with { Bucket = "other" }),
            SavedListingsFile.NameOf(saved.Origin with { EndpointUrl = "http://h:1" }),
        ];
        Assert.That(names, Is.Unique.And.Length.EqualTo(4));
        Assert.That(SavedListingsFile.NameOf(saved.Origin with { EndpointUrl = "HTTP://H:1" }), Is.EqualTo(names[3]));
    }

    [Test]
    public async Task What_cannot_be_written_is_said_once_and_the_mount_goes_on()
    {
        await using var saved = new SavedRig("a/1", "b/2");
        await using MountRig rig = await saved.MountAsync();
        await rig.ListAsync("a");
        Directory.Delete(saved.DirectoryPath, recursive: true);
        rig.Advance(ListingSaver.FirstAfter.TotalSeconds);
        await SavedRig.UntilAsync(() => rig.Logger.Lines.Any(line => line.Text.StartsWith("listings are not saved:", StringComparison.Ordinal)));
        await rig.Time.WaitForTimersAsync(1, TestContext.CurrentContext.CancellationToken);
        rig.Advance(ListingSaver.Interval.TotalSeconds);
        Assert.That(await rig.ListAsync("b"), Is.EqualTo((string[])["2"]));
        await rig.FileSystem.SaveListingsAsync(TimeSpan.FromSeconds(10));
        Assert.That(rig.Logger.Lines.Select(line => line.Text), Has.Exactly(1).Contains("listings are not saved:"));
    }

    internal static string[] Listed(SnapshotFile file) =>
        [.. Enumerable.Range(0, file.DirectoryCount).Select(file.Directory).Where(directory => directory.IsListed).Select(directory => System.Text.Encoding.UTF8.GetString(directory.ToPath())).Order(StringComparer.Ordinal)];
}
