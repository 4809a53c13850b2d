using S3Mount.FileSystem.Snapshots;
using S3Mount.FileSystem.Tests.Caching.Disk;
using S3Mount.FileSystem.Warming;
using S3Mount.ObjectStore;
using S3Mount.Testing;
using S3Mount.Testing.Objects;

namespace S3Mount.FileSystem.Tests.Warming;

/// <summary>What is brought to the disk cache before anybody reads it.</summary>
[CancelAfter(60_000)]
public sealed class WarmingTests
{
    private const int MiB = 1 << 20;

    [Test]
    public async Task What_is_warm_is_read_without_a_GET_also_by_the_next_mount(CancellationToken cancellationToken)
    {
        using var directory = new TempDirectory("s3mount-warm");
        FakeObjectStore store;
        await using (WarmRig rig = await WarmRig.StartAsync(directory: directory))
        {
            store = rig.Store;
            for (int i = 0; i < 60; i++)
                store.PutRamp($"train/class{i % 3}/{i:d3}", 1000 + i, seed: i);
            store.PutRamp("large", (20 * MiB) + 5, seed: 99);
            store.Put("train/empty", "");
            store.Put("train/marker/", "");
            WarmProgress progress = await rig.WarmAsync(cancellationToken);
            long bytes = (60 * 1000) + (59 * 60 / 2) + (20 * MiB) + 5;
            Assert.That((progress.Files, progress.Bytes, progress.IsListed, progress.FetchedFiles, progress.FetchedBytes), Is.EqualTo((62, bytes, true, 61, bytes)));
            Assert.That((progress.PresentFiles, progress.FailedFiles, progress.AbsentFiles, progress.Problem), Is.EqualTo((1, 0, 0, (string?)null)));
            await ReadAllAsync(rig);
            Assert.That(rig.Files.MemoryUsed, Is.LessThanOrEqualTo(64 << 20));

            store.ResetCalls();
            WarmProgress again = await rig.WarmAsync(cancellationToken);
            Assert.That((again.FetchedFiles, again.PresentFiles, again.PresentBytes, store.Gets), Is.EqualTo((0, 62, bytes, 0)));
        }
        store.ResetCalls();
        await using (WarmRig rig = await WarmRig.StartAsync(directory: directory, existing: store))
        {
            await ReadAllAsync(rig);
            Assert.That(store.Gets, Is.Zero);
        }

        static async Task ReadAllAsync(WarmRig rig)
        {
            int before = rig.Store.Gets;
            for (int i = 0; i < 60; i++)
                await rig.ReadRampAsync($"train/class{i % 3}/{i:d3}", seed: i);
            await rig.ReadRampAsync("large", seed: 99);
            Assert.That(rig.Store.Gets, Is.EqualTo(before));
        }
    }

    [Test]
    public async Task Paths_are_files_or_directories_and_come_in_their_order(CancellationToken cancellationToken)
    {
        // One connection for what nobody waits for.
        await using WarmRig rig = await WarmRig.StartAsync("data/", options => options with { MaxConnections = 2 });
        rig.Mount.Put("data/a/1", "data/a/2", "data/b/1", "data/b/c/2", "data/top", "other/a/3");
        WarmProgress progress = await rig.WarmAsync(cancellationToken, false, "top", "b", "a/2", "missing", "a/2/below", "b/c/nothing", "a/../a/1");
        string[] gets = [.. rig.Store.Calls.Where(call => call.Operation == StoreOperation.Get).Select(call => call.Key.ToString())];
        Assert.That(gets, Is.EqualTo(["data/top", "data/b/1", "data/b/c/2", "data/a/2"]));
        Assert.That((progress.FetchedFiles, progress.FailedFiles), Is.EqualTo((4, 4)));
        Assert.That(progress.Failures, Is.EqualTo(["there is no missing in the store", "there is no a/2/below in the store", "there is no b/c/nothing in the store", "there is no a/../a/1 in the store"]));
    }

    [Test]
    public async Task A_check_fetches_nothing(CancellationToken cancellationToken)
    {
        await using WarmRig rig = await WarmRig.StartAsync();
        rig.Mount.Put("a/1", "a/2", "b/1");
        await rig.WarmAsync(cancellationToken, false, "a");
        rig.Store.ResetCalls();
        WarmProgress progress = await rig.WarmAsync(cancellationToken, isCheck: true);
        Assert.That((progress.Files, progress.PresentFiles, progress.AbsentFiles, progress.AbsentBytes, rig.Store.Gets), Is.EqualTo((3, 2, 1, 3, 0)));
    }

    [Test]
    public async Task Of_a_pinned_dataset_nothing_is_listed(CancellationToken cancellationToken)
    {
        var store = new FakeObjectStore();
        foreach (string key in (string[])["d/a", "d/sub/b", "top"])
            store.Put(key, key);
        using var directory = new TempDirectory("s3mount-warm");
        var origin = new SnapshotOrigin { Bucket = "b", Prefix = "", EndpointUrl = null, Region = "" };
        await SnapshotWriter.CreateAsync(store, origin, directory["snap"], TimeProvider.System, cancellationToken);
        store.Put("d/later", "later");
        store.Put("top", "something else");
        store.ResetCalls();
        await using WarmRig rig = await WarmRig.StartAsync(change: options => options with { Snapshot = SnapshotFile.Open(directory["snap"]) }, existing: store);
        WarmProgress progress = await rig.WarmAsync(cancellationToken);
        Assert.That((progress.Files, progress.FetchedFiles, progress.FailedFiles, store.Lists), Is.EqualTo((3, 2, 1, 0)));
        Assert.That(progress.Failures, Is.EqualTo(["top is not what the listing says: it was changed or deleted meanwhile"]));
        WarmProgress part = await rig.WarmAsync(cancellationToken, false, "d/sub", "d/a");
        Assert.That((part.Files, part.PresentFiles, store.Lists), Is.EqualTo((2, 2, 0)));
    }

    [Test]
    public async Task One_object_that_fails_is_named_and_the_others_go_on(CancellationToken cancellationToken)
    {
        await using WarmRig rig = await WarmRig.StartAsync();
        rig.Mount.Put([.. Enumerable.Range(0, 40).Select(i => $"d/{i:d2}")]);
        rig.Store.Put(new StoredObject { Key = new ObjectKey("d/cold"), Content = new BytesContent(new byte[3]), LastModified = DateTimeOffset.UnixEpoch, StorageClass = "GLACIER" });
        rig.Store.Fail(StoreOperation.Get, ObjectStoreFailure.AccessDenied, key: "d/07");
        WarmProgress progress = await rig.WarmAsync(cancellationToken);
        Assert.That((progress.Files, progress.FetchedFiles, progress.FailedFiles, progress.Problem), Is.EqualTo((41, 39, 2, (string?)null)));
        Assert.That(progress.Failures, Has.Some.Contains("d/07").And.Some.EqualTo("d/cold is archived (GLACIER): it must be restored first"));
        while (rig.Files.MemoryUsed > 0)
            await Task.Delay(5, cancellationToken);
    }

    [Test]
    public async Task A_store_that_does_not_answer_ends_it_soon(CancellationToken cancellationToken)
    {
        await using WarmRig rig = await WarmRig.StartAsync(change: options => options with { MaxConnections = 8 });
        rig.Mount.Put([.. Enumerable.Range(0, 500).Select(i => $"d/{i:d3}")]);
        rig.Store.CompletesAsynchronously = true;
        rig.Store.Fail(StoreOperation.Get, ObjectStoreFailure.Unavailable, times: int.MaxValue);
        WarmProgress progress = await rig.WarmAsync(cancellationToken);
        Assert.That(progress.Problem, Does.StartWith("the store does not answer: "));
        Assert.That(rig.Store.Gets, Is.InRange(8, 40));
        rig.Store.ClearFaults();
        rig.Store.Fail(StoreOperation.List, ObjectStoreFailure.AccessDenied);
        Assert.That((await rig.WarmAsync(cancellationToken)).Problem, Is.Not.Null);
        Assert.That((await rig.WarmAsync(cancellationToken)).FetchedFiles, Is.EqualTo(500));
    }

    [Test]
    public async Task Who_stops_it_finds_what_it_has_brought_the_next_time(CancellationToken cancellationToken)
    {
        await using WarmRig rig = await WarmRig.StartAsync(change: options => options with { MaxConnections = 8 });
        rig.Mount.Put([.. Enumerable.Range(0, 50).Select(i => $"d/{i:d2}")]);
        using Gate gate = rig.Store.Hold(StoreOperation.Get);
        using var stopping = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        Task<WarmProgress> warming = rig.WarmAsync(stopping.Token);
        await gate.WaitForArrivalsAsync(7, cancellationToken);
        gate.Release(10);
        await gate.WaitForArrivalsAsync(17, cancellationToken);
        await stopping.CancelAsync();
        Assert.That(async () => await warming, Throws.InstanceOf<OperationCanceledException>());
        Assert.That(rig.Store.InFlight, Is.Zero);
        // What was just being written is let go when it is.
        while (rig.Files.MemoryUsed > 0)
            await Task.Delay(5, cancellationToken);
        gate.Open();
        WarmProgress rest = await rig.WarmAsync(cancellationToken);
        Assert.That((rest.FetchedFiles, rest.PresentFiles), Is.EqualTo((40, 10)));
    }

    [Test]
    public async Task Jobs_at_the_same_time_do_not_fetch_the_same_twice(CancellationToken cancellationToken)
    {
        await using WarmRig rig = await WarmRig.StartAsync(change: options => options with { MaxConnections = 8 });
        rig.Mount.Put([.. Enumerable.Range(0, 100).Select(i => $"d/{i:d2}")]);
        rig.Store.PutRamp("large", 5 * MiB, seed: 1);
        rig.Store.CompletesAsynchronously = true;
        WarmProgress[] ended = await Task.WhenAll(Enumerable.Range(0, 3).Select(_ => Task.Run(() => rig.WarmAsync(cancellationToken), cancellationToken)));
        Assert.That(ended.Select(progress => progress.FetchedFiles + progress.PresentFiles), Is.All.EqualTo(101));
        Assert.That(rig.Store.Gets, Is.EqualTo(103));
    }

    [Test]
    public async Task A_job_goes_on_with_what_another_one_was_stopped_at(CancellationToken cancellationToken)
    {
        await using WarmRig rig = await WarmRig.StartAsync(change: options => options with { MaxConnections = 8 });
        rig.Mount.Put("a", "b", "c");
        using Gate gate = rig.Store.Hold(StoreOperation.Get);
        using var stopping = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        Task<WarmProgress> first = rig.WarmAsync(stopping.Token);
        await gate.WaitForArrivalsAsync(3, cancellationToken);
        Task<WarmProgress> second = rig.WarmAsync(cancellationToken);
        await stopping.CancelAsync();
        Assert.That(async () => await first, Throws.InstanceOf<OperationCanceledException>());
        gate.Open();
        WarmProgress progress = await second;
        Assert.That((progress.FetchedFiles, progress.FailedFiles), Is.EqualTo((3, 0)));
    }

    [Test]
    public async Task A_full_cache_says_what_found_no_room_and_fetches_no_more(CancellationToken cancellationToken)
    {
        await using WarmRig rig = await WarmRig.StartAsync(cache: options => options with { MaxSize = 8 * MiB, SegmentSize = 2 * MiB });
        for (int i = 0; i < 64; i++)
            rig.Store.PutRamp($"d/{i:d2}", 512 << 10, seed: i);
        Task<WarmProgress> warming = rig.WarmAsync(cancellationToken);
        // Who waits for memory looks again a moment later.
        await rig.Mount.Time.AdvanceUntilAsync(warming, cancellationToken);
        WarmProgress progress = await warming;
        Assert.That((progress.FailedFiles, progress.Problem), Is.EqualTo((0, (string?)null)));
        Assert.That(progress.FetchedFiles, Is.InRange(9, 15));
        Assert.That(progress.AbsentFiles, Is.EqualTo(64 - progress.FetchedFiles));
        Assert.That(rig.Disk.Statistics.Size, Is.LessThanOrEqualTo(8 * MiB));
        rig.Store.ResetCalls();
        WarmProgress again = await rig.WarmAsync(cancellationToken);
        Assert.That(again.PresentFiles, Is.EqualTo(progress.FetchedFiles), "nothing has gone");
        // What has just been written and what is on its way may be the same for a moment: then one or two find room the next time only.
        Assert.That(rig.Store.Gets, Is.EqualTo(again.FetchedFiles).And.LessThanOrEqualTo(15 - progress.FetchedFiles), "nothing is fetched for nothing");
    }

    [Test]
    public async Task Of_more_than_there_is_room_for_what_is_there_stays_wherever_it_is_in_the_listing([Values("d", "e")] string before, CancellationToken cancellationToken)
    {
        // A quarter of the 64 MiB that the mount has.
        const int MostUnderWay = 32;
        FakeTimeProvider time = DiskRig.NewClock();
        await using WarmRig rig = await WarmRig.StartAsync(cache: options => options with { MaxSize = 8 * MiB, SegmentSize = 2 * MiB }, cacheTime: time);
        for (int i = 0; i < 64; i++)
            rig.Store.PutRamp($"{(i < 48 ? "d" : before)}/{i:d2}", 512 << 10, seed: i);
        // The end of it, yesterday.
        await WarmAsync(rig, [.. Enumerable.Range(48, 12).Select(i => $"{before}/{i:d2}")], cancellationToken);
        time.Advance(TimeSpan.FromHours(20));
        rig.Store.ResetCalls();
        WarmProgress progress = await WarmAsync(rig, ["d"], cancellationToken);
        if (before == "d")
            Assert.That((progress.PresentFiles, rig.Disk.Statistics.EvictedBytes), Is.EqualTo((12, 0)));
        else
            Assert.That(progress.FetchedFiles, Is.InRange(9, 15), "what is not wanted makes room");
        Assert.That((progress.FetchedFiles + progress.PresentFiles + progress.AbsentFiles, progress.FailedFiles), Is.EqualTo((progress.Files, 0)));
        Assert.That(progress.AbsentFiles, Is.GreaterThan(30));
        Assert.That(rig.Store.Gets, Is.InRange(progress.FetchedFiles, progress.FetchedFiles + MostUnderWay), "nothing is fetched in vain but what is under way when it becomes full");
        rig.Store.ResetCalls();
        WarmProgress again = await WarmAsync(rig, ["d"], cancellationToken);
        Assert.That((again.PresentFiles, rig.Store.Gets), Is.EqualTo((progress.PresentFiles + progress.FetchedFiles, 0)));
    }

    [Test]
    public async Task Where_it_cannot_be_told_what_is_wanted_of_a_full_cache_it_stops_and_says_why(CancellationToken cancellationToken)
    {
        FakeTimeProvider time = DiskRig.NewClock();
        // Of four segments there is room for one. One connection: nothing else is begun while the first object is held.
        await using WarmRig rig = await WarmRig.StartAsync(change: options => options with { MaxConnections = 1 }, cache: options => options with { MaxSize = 8 * MiB, SegmentSize = 2 * MiB }, cacheTime: time);
        for (int i = 0; i < 64; i++)
            rig.Store.PutRamp($"{(i < 9 ? "old" : "d")}/{i:d2}", 512 << 10, seed: i);
        await WarmAsync(rig, ["old"], cancellationToken);
        time.Advance(TimeSpan.FromHours(20));
        using Gate gate = rig.Store.Hold(StoreOperation.Get);
        Task<WarmProgress> warming = Task.Run(() => WarmAsync(rig, ["d"], cancellationToken), cancellationToken);
        await gate.WaitForArrivalsAsync(1, cancellationToken);
        rig.Store.Fail(StoreOperation.List, ObjectStoreFailure.AccessDenied, times: int.MaxValue);
        gate.Open();
        WarmProgress progress = await warming;
        Assert.That(progress.Problem, Is.Not.Null);
        Assert.That(rig.Disk.Statistics.EvictedBytes, Is.Zero);
    }

    // Who waits for memory looks again a moment later.
    private static async Task<WarmProgress> WarmAsync(WarmRig rig, string[] paths, CancellationToken cancellationToken)
    {
        Task<WarmProgress> warming = rig.WarmAsync(cancellationToken, false, paths);
        await rig.Mount.Time.AdvanceUntilAsync(warming, cancellationToken);
        return await warming;
    }
}
