using System.Text;
using S3Mount.FileSystem.Tests.Semantics;
using S3Mount.Testing;

namespace S3Mount.FileSystem.Tests.Listing.Walks;

/// <summary>Directories that are listed before anybody asks, seen from the kernel's side.</summary>
public sealed class WalkReadaheadTests
{
    private const int Classes = 200;

    [Test, CancelAfter(20_000)]
    public async Task Who_lists_two_directories_in_order_finds_the_next_ones_under_way(CancellationToken cancellationToken)
    {
        await using MountRig rig = await StartAsync();
        await rig.ListAsync();
        await rig.ListAsync("c000");
        await UntilAsync(() => Listed(rig).Count == 4, cancellationToken);
        Assert.That(Listed(rig), Is.EqualTo(["", "c000/", "c001/", "c002/"]), "a first step costs two listings more");
        using Gate gate = rig.Store.Hold(StoreOperation.List);
        await rig.ListAsync("c001");
        await rig.ListAsync("c002");
        await UntilAsync(() => gate.Waiting >= 8, cancellationToken);
        Task<string[]> next = rig.ListAsync("c003");
        Assert.That(next.IsCompleted, Is.False);
        gate.Open();
        Assert.That(await next.WaitAsync(cancellationToken), Is.EqualTo(["f0", "f1"]));
    }

    [Test]
    public async Task A_whole_walk_lists_each_directory_once([Values] bool plus)
    {
        await using MountRig rig = await StartAsync();
        await rig.ListAsync();
        for (int i = 0; i < Classes; i++)
            Assert.That((await rig.Kernel.ListAsync(await rig.NodeAsync($"c{i:d3}"), plus)).Skip(2).Select(entry => entry.Name), Is.EqualTo(["f0", "f1"]));
        // The root twice: as a directory, and for the scan that lists its directories from where the walk was recognised.
        Assert.That(Listed(rig).Skip(1), Is.Unique.And.Count.LessThanOrEqualTo(20));
    }

    [Test]
    public async Task A_walk_that_stops_has_cost_no_more_than_the_connections_allow()
    {
        await using MountRig rig = await StartAsync();
        await rig.ListAsync();
        for (int i = 0; i < 10; i++)
            await rig.ListAsync($"c{i:d3}");
        Assert.That(Listed(rig), Has.Count.LessThanOrEqualTo(1 + 10 + 48));
    }

    [Test]
    public async Task Directories_that_are_listed_here_and_there_bring_no_others()
    {
        await using MountRig rig = await StartAsync();
        await rig.ListAsync();
        int[] some = [150, 70, 110, 30, 190];
        foreach (int i in some)
            await rig.ListAsync($"c{i:d3}");
        Assert.That(Listed(rig), Is.EqualTo(["", .. some.Select(i => $"c{i:d3}/")]));
    }

    [Test, CancelAfter(20_000)]
    public async Task Workers_that_share_a_walk_are_each_read_ahead_for(CancellationToken cancellationToken)
    {
        await using MountRig rig = await StartAsync();
        await rig.ListAsync();
        for (int i = 0; i < 3; i++)
        {
            foreach (int start in (int[])[0, 100])
                await rig.ListAsync($"c{start + i:d3}");
        }
        await UntilAsync(() => Listed(rig).Contains("c005/") && Listed(rig).Contains("c105/"), cancellationToken);
    }

    [Test]
    public async Task Without_a_time_to_live_nothing_is_listed_ahead()
    {
        await using MountRig rig = await MountRig.StartAsync(change: options => options with { MetadataTtl = TimeSpan.Zero });
        rig.Put([.. Enumerable.Range(0, 20).Select(i => $"c{i:d3}/f")]);
        for (int i = 0; i < 5; i++)
        {
            await rig.ListAsync();
            await rig.ListAsync($"c{i:d3}");
        }
        Assert.That(rig.Store.Calls.Select(call => Encoding.UTF8.GetString(call.Key.Span)), Has.None.EqualTo("c010/"));
    }

    [Test, CancelAfter(20_000)]
    public async Task A_listing_ahead_that_fails_is_asked_for_again_by_whoever_needs_it(CancellationToken cancellationToken)
    {
        await using MountRig rig = await StartAsync();
        await rig.ListAsync();
        await rig.ListAsync("c000");
        await UntilAsync(() => Listed(rig).Count == 4, cancellationToken);
        rig.Store.Fail(StoreOperation.List, ObjectStore.ObjectStoreFailure.Unavailable, times: 3);
        await rig.ListAsync("c001");
        await UntilAsync(() => Listed(rig).Count >= 8, cancellationToken);
        Assert.That(await rig.ListAsync("c003"), Is.EqualTo(["f0", "f1"]));
    }

    [Test, CancelAfter(20_000)]
    public async Task A_large_sibling_is_listed_ahead_by_a_few_pages_and_goes_on_when_it_is_read(CancellationToken cancellationToken)
    {
        await using MountRig rig = await StartAsync();
        rig.Put([.. Enumerable.Range(0, 9000).Select(i => $"c001/g{i:d5}")]);
        await rig.ListAsync();
        await rig.ListAsync("c000");
        // Its fourth page waits for a reader; the one after it is one page.
        await UntilAsync(() => Listed(rig).Contains("c002/") && Listed(rig).Count(prefix => prefix == "c001/") >= 4, cancellationToken);
        Assert.That(Listed(rig).Count(prefix => prefix == "c001/"), Is.LessThanOrEqualTo(5));
        Assert.That(await rig.ListAsync("c001"), Has.Length.EqualTo(9002));
        Assert.That(Listed(rig).Count(prefix => prefix == "c001/"), Is.InRange(10, 14));
    }

    private static async Task<MountRig> StartAsync()
    {
        MountRig rig = await MountRig.StartAsync();
        rig.Put([.. Enumerable.Range(0, Classes).SelectMany(i => (string[])[$"c{i:d3}/f0", $"c{i:d3}/f1"])]);
        return rig;
    }

    private static async Task UntilAsync(Func<bool> condition, CancellationToken cancellationToken)
    {
        while (!condition())
        {
            cancellationToken.ThrowIfCancellationRequested();
            await Task.Yield();
        }
    }

    private static List<string> Listed(MountRig rig) =>
        [.. rig.Store.Calls.Where(call => call.Operation == StoreOperation.List && call.List!.Value.MaxKeys == 0).Select(call => Encoding.UTF8.GetString(call.Key.Span))];
}
