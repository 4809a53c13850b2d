using S3Mount.FileSystem.Reading;
using S3Mount.FileSystem.Warming;
using S3Mount.Fuse;
using S3Mount.Fuse.Protocol;
using S3Mount.ObjectStore;
using S3Mount.Testing;
using S3Mount.Testing.Fuse;

namespace S3Mount.FileSystem.Tests.Warming;

/// <summary>What readers ask for goes first.</summary>
[CancelAfter(60_000)]
public sealed class PriorityTests
{
    private const int MiB = 1 << 20;

    [Test]
    public async Task Nothing_begins_while_readers_have_the_connections_but_one_goes_on(CancellationToken cancellationToken)
    {
        var slots = new FetchSlots(3);
        Task[] warming = [.. Enumerable.Range(0, 4).Select(_ => slots.EnterAsync(cancellationToken))];
        Assert.That(warming.Count(task => task.IsCompleted), Is.EqualTo(2));
        for (int i = 0; i < 10; i++)
            slots.ReaderBegan();
        slots.Leave();
        Assert.That(warming[2].IsCompleted, Is.False, "one is under way");
        slots.Leave();
        await warming[2].WaitAsync(cancellationToken);
        Assert.That(warming[3].IsCompleted, Is.False);
        for (int i = 0; i < 10; i++)
            slots.ReaderEnded();
        await warming[3].WaitAsync(cancellationToken);
    }

    [Test]
    public void Readers_take_of_the_connections_as_many_as_they_are_and_one_stays_free()
    {
        var slots = new FetchSlots(32);
        Task[] warming = [.. Enumerable.Range(0, 50).Select(_ => slots.EnterAsync(CancellationToken.None))];
        Assert.That(UnderWay(), Is.EqualTo(31), "one stays free");
        Read(1);
        slots.Leave();
        Assert.That(UnderWay(), Is.EqualTo(32), "the reader has the one that was free");
        Read(9);
        for (int i = 0; i < 9; i++)
            slots.Leave();
        Assert.That(UnderWay(), Is.EqualTo(32), "22 beside 10 readers");
        slots.Leave();
        Assert.That(UnderWay(), Is.EqualTo(33));

        int UnderWay() => warming.Count(task => task.IsCompleted);
        void Read(int count)
        {
            for (int i = 0; i < count; i++)
                slots.ReaderBegan();
        }
    }

    [Test]
    public async Task Who_gives_up_waiting_takes_no_connection(CancellationToken cancellationToken)
    {
        var slots = new FetchSlots(1);
        await slots.EnterAsync(cancellationToken);
        using var stopping = new CancellationTokenSource();
        Task waiting = slots.EnterAsync(stopping.Token);
        Task next = slots.EnterAsync(cancellationToken);
        await stopping.CancelAsync();
        Assert.That(async () => await waiting, Throws.InstanceOf<OperationCanceledException>());
        slots.Leave();
        await next.WaitAsync(cancellationToken);
    }

    [Test]
    public async Task A_reader_does_not_wait_for_a_connection(CancellationToken cancellationToken)
    {
        await using WarmRig rig = await WarmRig.StartAsync(change: options => options with { MaxConnections = 8 });
        rig.Mount.Put([.. Enumerable.Range(0, 100).Select(i => $"d/{i:d2}")]);
        rig.Store.Put("z/wanted", "wanted now");
        using Gate gate = rig.Store.Hold(StoreOperation.Get);
        Task<WarmProgress> warming = rig.WarmAsync(cancellationToken);
        await gate.WaitForArrivalsAsync(7, cancellationToken);
        Task<string> reading = rig.Mount.ReadTextAsync("z/wanted");
        await gate.WaitForArrivalsAsync(8, cancellationToken);
        Assert.That(rig.Store.Calls[^1].Key, Is.EqualTo(new ObjectKey("z/wanted")));
        Assert.That(rig.Store.InFlight, Is.EqualTo(8), "seven of eight connections, and the reader");
        gate.Open();
        Assert.That(await reading, Is.EqualTo("wanted now"));
        Assert.That((await warming).Files, Is.EqualTo(101));
    }

    [Test]
    public async Task Who_reads_what_is_on_its_way_takes_it_from_there(CancellationToken cancellationToken)
    {
        await using WarmRig rig = await WarmRig.StartAsync();
        rig.Store.PutRamp("small", 300_000, seed: 1);
        rig.Store.PutRamp("large", 4 * MiB, seed: 2);
        using Gate gate = rig.Store.Hold(StoreOperation.Get);
        Task<WarmProgress> warming = rig.WarmAsync(cancellationToken);
        await gate.WaitForArrivalsAsync(5, cancellationToken);
        Task small = rig.ReadRampAsync("small", seed: 1), large = rig.ReadRampAsync("large", seed: 2);
        FuseEntryOut entry = await rig.Mount.WalkAsync("small");
        Task<FakeReply<byte[]>> part = rig.Mount.Kernel.ReadAsync(new NodeId(entry.NodeId), 100_000, 4096, interrupt: cancellationToken);
        await Task.Yield();
        gate.Open();
        await Task.WhenAll(small, large);
        Assert.That(Ramp.FirstDifference((await part).Required, 100_000, 1), Is.EqualTo(-1));
        Assert.That((await warming).FetchedFiles, Is.EqualTo(2));
        Assert.That(rig.Store.Gets, Is.EqualTo(5), "a part for each mebibyte, and the small one");
    }

    [Test]
    public async Task A_reader_has_its_own_chance_where_warming_fails(CancellationToken cancellationToken)
    {
        await using WarmRig rig = await WarmRig.StartAsync();
        rig.Store.Put("a", "what it holds");
        using Gate gate = rig.Store.Hold(StoreOperation.Get);
        rig.Store.Fail(StoreOperation.Get, ObjectStoreFailure.Malformed);
        Task<WarmProgress> warming = rig.WarmAsync(cancellationToken);
        await gate.WaitForArrivalsAsync(1, cancellationToken);
        Task<string> reading = rig.Mount.ReadTextAsync("a");
        gate.Open();
        Assert.That(await reading, Is.EqualTo("what it holds"));
        Assert.That((await warming).FailedFiles, Is.EqualTo(1));
    }

    [Test]
    public async Task With_the_smallest_budget_large_objects_come_too(CancellationToken cancellationToken)
    {
        await using WarmRig rig = await WarmRig.StartAsync(change: options => options with { MemoryBudget = ObjectFileSystemOptions.MinMemoryBudget });
        rig.Store.CompletesAsynchronously = true;
        for (int i = 0; i < 4; i++)
            rig.Store.PutRamp($"shard{i}", (30 * MiB) + i, seed: i);
        long most = 0;
        rig.Store.OnRead = (_, _) =>
        {
            Volatile.Write(ref most, Math.Max(Volatile.Read(ref most), rig.Files.MemoryUsed));
            return ValueTask.CompletedTask;
        };
        Task<WarmProgress> warming = rig.WarmAsync(cancellationToken);
        // Who waits for memory looks again a moment later.
        await rig.Mount.Time.AdvanceUntilAsync(warming, cancellationToken);
        Assert.That((await warming).FetchedFiles, Is.EqualTo(4));
        Assert.That(most, Is.GreaterThan(0).And.LessThanOrEqualTo(ObjectFileSystemOptions.MinMemoryBudget / 4));
        rig.Store.ResetCalls();
        for (int i = 0; i < 4; i++)
            await rig.ReadRampAsync($"shard{i}", seed: i);
        Assert.That(rig.Store.Gets, Is.Zero);
    }

    [Test]
    public async Task What_waits_for_memory_goes_on_when_some_comes_back_and_not_a_moment_later(CancellationToken cancellationToken)
    {
        await using WarmRig rig = await WarmRig.StartAsync(change: options => options with { MemoryBudget = ObjectFileSystemOptions.MinMemoryBudget });
        rig.Store.CompletesAsynchronously = true;
        rig.Store.PutRamp("shard", 30 * MiB, seed: 1);
        // The clock stands still: no pause ever ends.
        WarmProgress progress = await rig.WarmAsync(cancellationToken);
        Assert.That((progress.FetchedFiles, progress.FetchedBytes), Is.EqualTo((1, 30L * MiB)));
    }
}
