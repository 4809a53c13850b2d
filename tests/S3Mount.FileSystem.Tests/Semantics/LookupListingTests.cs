using S3Mount.Fuse;
using S3Mount.ObjectStore;
using S3Mount.Testing;

namespace S3Mount.FileSystem.Tests.Semantics;

/// <summary>Names that are looked up one after another in a directory that nobody lists.</summary>
[CancelAfter(30_000)]
public sealed class LookupListingTests
{
    [Test]
    public async Task The_third_lookup_lists_the_directory_and_the_next_ones_ask_nothing()
    {
        await using MountRig rig = await MountRig.StartAsync();
        rig.Put(Shards(200));
        await FindAsync(rig, 0, 2);
        Assert.That(rig.TakeCalls(), Is.EqualTo(["LIST s00000.tar", "LIST s00001.tar"]), "one or two names may be all that is wanted");
        await FindAsync(rig, 2, 3);
        await rig.EndListingsAsync();
        Assert.That(rig.TakeCalls(), Is.EquivalentTo(["LIST s00002.tar", "LIST "]));
        await FindAsync(rig, 3, 200);
        Assert.That(rig.TakeCalls(), Is.Empty);
    }

    [Test]
    public async Task What_such_a_listing_lacks_is_asked_for_until_somebody_lists_the_directory()
    {
        await using MountRig rig = await MountRig.StartAsync();
        rig.Put(Shards(10));
        await FindAsync(rig, 0, 3);
        await rig.EndListingsAsync();
        Assert.That((await rig.LookupAsync(NodeId.Root, "late")).NodeId, Is.Zero);
        rig.Put("late");
        rig.Advance(6);
        Assert.That((await rig.LookupAsync(NodeId.Root, "late")).NodeId, Is.Not.Zero);
        Assert.That(await rig.ListAsync(), Has.Member("late"));
        rig.TakeCalls();
        Assert.That((await rig.LookupAsync(NodeId.Root, "missing")).NodeId, Is.Zero);
        Assert.That(rig.TakeCalls(), Is.Empty);
    }

    [Test]
    public async Task After_the_ttl_names_are_asked_for_alone_and_the_third_one_lists_again()
    {
        await using MountRig rig = await MountRig.StartAsync();
        rig.Put(Shards(50));
        for (int epoch = 0; epoch < 3; epoch++)
        {
            await FindAsync(rig, 0, 3);
            await rig.EndListingsAsync();
            await FindAsync(rig, 3, 50);
            Assert.That(rig.TakeCalls(), Is.EquivalentTo(["LIST s00000.tar", "LIST s00001.tar", "LIST s00002.tar", "LIST "]));
            rig.Advance(61);
        }
    }

    [Test]
    public async Task A_directory_without_end_costs_three_requests_a_lookup_at_most()
    {
        await using MountRig rig = await MountRig.StartAsync();
        rig.Put(Shards(30_000));
        for (int lookups = 1; lookups <= 8; lookups++)
        {
            // From the end: the listing, which goes from the beginning, has not come to them.
            await FindAsync(rig, 30_000 - lookups, 30_001 - lookups);
            Assert.That(rig.Store.Lists, Is.LessThanOrEqualTo(3 * lookups), $"after {lookups} lookups");
        }
        // Three pages, and two for each of five lookups.
        await UntilAsync(rig, lists: 8 + 13);
        Assert.That(rig.Store.Lists, Is.LessThanOrEqualTo(3 * 8));
        rig.TakeCalls();
        await FindAsync(rig, 0, 10_000);
        Assert.That(rig.TakeCalls(), Has.Exactly(0).StartsWith("LIST s"), "what the listing has come to needs no request");
    }

    [Test]
    public async Task Nothing_is_listed_that_may_not_answer()
    {
        await using MountRig rig = await MountRig.StartAsync(change: options => options with { MetadataTtl = TimeSpan.Zero });
        rig.Put(Shards(10));
        await FindAsync(rig, 0, 10);
        Assert.That(rig.TakeCalls(), Is.EqualTo(Shards(10).Select(name => $"LIST {name}")));
    }

    [Test]
    public async Task A_listing_that_fails_is_not_begun_again_at_every_lookup()
    {
        await using MountRig rig = await MountRig.StartAsync();
        rig.Put(Shards(100));
        rig.Store.Fail(StoreOperation.List, ObjectStoreFailure.Unavailable, times: int.MaxValue, key: "");
        await FindAsync(rig, 0, 100);
        await rig.EndListingsAsync();
        Assert.That(rig.TakeCalls().Count(call => call == "LIST "), Is.InRange(1, 7));
    }

    [Test]
    public async Task A_listing_behind_that_expired_is_given_up_when_it_is_begun_anew()
    {
        await using MountRig rig = await MountRig.StartAsync();
        rig.Put(Shards(10_000));
        await FindAsync(rig, 9_990, 9_993);
        await UntilAsync(rig, lists: 3 + 3);
        rig.Advance(61);
        rig.TakeCalls();
        await FindAsync(rig, 9_980, 9_985);
        await UntilAsync(rig, lists: 5 + 3);
        rig.TakeCalls();
        await FindAsync(rig, 0, 1000);
        Assert.That(rig.TakeCalls(), Has.Exactly(0).StartsWith("LIST s"));
        Assert.That(await rig.ListAsync(NodeId.Root, size: 65536), Is.EqualTo(Shards(10_000)));
    }

    [Test]
    public async Task A_walk_that_the_kernel_answers_from_what_it_keeps_is_listed_ahead(CancellationToken cancellationToken)
    {
        await using MountRig rig = await MountRig.StartAsync();
        rig.Put([.. Enumerable.Range(0, 64).Select(i => $"c{i:d2}/f")]);
        var classes = new List<NodeId>();
        foreach (string name in await rig.ListAsync())
        {
            classes.Add(await rig.NodeAsync(name.TrimEnd('/')));
            await rig.ListAsync(classes[^1]);
        }
        rig.Advance(61);
        rig.TakeCalls();
        using Gate gate = rig.Store.Hold(StoreOperation.List);
        gate.Release();
        await rig.Kernel.GetAttrAsync(NodeId.Root, cancellationToken);
        Task first = rig.Kernel.GetAttrAsync(classes[0], cancellationToken);
        // Its own, and the next two.
        await gate.WaitForArrivalsAsync(4, cancellationToken);
        gate.Open();
        await first;
        await rig.EndListingsAsync();
        Assert.That(rig.TakeCalls(), Is.EquivalentTo(["LIST ", "LIST c00/", "LIST c01/", "LIST c02/"]));
    }

    private static string[] Shards(int count) => [.. Enumerable.Range(0, count).Select(i => $"s{i:d5}.tar")];

    private static async Task UntilAsync(MountRig rig, int lists)
    {
        using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        while (rig.Store.Lists < lists)
        {
            deadline.Token.ThrowIfCancellationRequested();
            await Task.Yield();
        }
    }

    private static async Task FindAsync(MountRig rig, int from, int to)
    {
        for (int i = from; i < to; i++)
            Assert.That((await rig.LookupAsync(NodeId.Root, $"s{i:d5}.tar")).NodeId, Is.Not.Zero);
    }
}
