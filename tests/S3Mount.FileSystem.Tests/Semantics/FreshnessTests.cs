using S3Mount.Fuse;
using S3Mount.Fuse.Protocol;
using S3Mount.ObjectStore;
using S3Mount.Testing;
using S3Mount.Testing.Fuse;

namespace S3Mount.FileSystem.Tests.Semantics;

/// <summary>How long what was said holds, and what it costs to say it again.</summary>
[CancelAfter(30_000)]
public sealed class FreshnessTests
{
    [Test]
    public async Task A_lookup_holds_for_the_ttl_and_is_then_asked_again()
    {
        await using MountRig rig = await MountRig.StartAsync();
        rig.Put("f");
        FuseEntryOut first = await rig.WalkAsync("f");
        Assert.That((first.EntrySeconds(), first.AttrSeconds()), Is.EqualTo((60.0, 60.0)));
        rig.Advance(59);
        FuseEntryOut second = await rig.WalkAsync("f");
        Assert.That((second.EntrySeconds(), second.AttrSeconds()), Is.EqualTo((1.0, 1.0)));
        Assert.That(rig.TakeCalls(), Is.EqualTo(["LIST f"]));
        rig.Advance(1);
        Assert.That((await rig.WalkAsync("f")).EntrySeconds(), Is.EqualTo(60));
        Assert.That(rig.TakeCalls(), Is.EqualTo(["LIST f"]));
    }

    [Test]
    public async Task A_listing_that_is_59_seconds_old_lives_one_second_more_in_the_kernel()
    {
        await using MountRig rig = await MountRig.StartAsync();
        rig.Put("f", "d/x");
        await rig.ListAsync();
        rig.Advance(59);
        foreach (string name in (string[])["f", "d"])
        {
            FuseEntryOut entry = await rig.WalkAsync(name);
            Assert.That((entry.EntrySeconds(), entry.AttrSeconds()), Is.EqualTo((1.0, 1.0)), name);
        }
        IReadOnlyList<FakeDirent> plus = await rig.Kernel.ListAsync(NodeId.Root, plus: true);
        Assert.That(plus.Skip(2).Select(entry => entry.Entry!.Value.EntrySeconds()), Is.EqualTo([1.0, 1.0]));
        Assert.That((await rig.Kernel.GetAttrAsync(NodeId.Root)).Required.AttrSeconds(), Is.EqualTo(1));
        Assert.That(rig.TakeCalls(), Is.EqualTo(["LIST "]));
    }

    [Test]
    public async Task A_negative_answer_has_a_time_of_its_own()
    {
        await using MountRig rig = await MountRig.StartAsync();
        FuseEntryOut missing = await rig.LookupAsync(NodeId.Root, "f");
        Assert.That((missing.NodeId, missing.EntrySeconds()), Is.EqualTo((0UL, 5.0)));
        rig.Put("f");
        rig.Advance(4);
        Assert.That((await rig.LookupAsync(NodeId.Root, "f")).EntrySeconds(), Is.EqualTo(1));
        rig.Advance(1);
        Assert.That(await rig.ExistsAsync("f"), Is.True);
        Assert.That(rig.TakeCalls(), Is.EqualTo(["LIST f", "LIST f"]));
    }

    [Test]
    public async Task A_name_missing_from_a_listing_is_missing_until_that_expires_and_the_kernel_asks_meanwhile()
    {
        await using MountRig rig = await MountRig.StartAsync();
        rig.Put("a");
        await rig.ListAsync();
        rig.Put("f");
        Assert.That((await rig.LookupAsync(NodeId.Root, "f")).EntrySeconds(), Is.EqualTo(5));
        rig.Advance(58);
        Assert.That((await rig.LookupAsync(NodeId.Root, "f")).EntrySeconds(), Is.EqualTo(2));
        Assert.That(rig.TakeCalls(), Is.EqualTo(["LIST "]));
        rig.Advance(2);
        Assert.That(await rig.ExistsAsync("f"), Is.True);
        Assert.That(rig.TakeCalls(), Is.EqualTo(["LIST "]));
    }

    [Test]
    public async Task A_listing_answers_for_its_children()
    {
        await using MountRig rig = await MountRig.StartAsync();
        rig.Put([.. Enumerable.Range(0, 100).Select(i => $"d/f{i}")]);
        NodeId directory = await rig.NodeAsync("d");
        await rig.ListAsync(directory);
        rig.TakeCalls();
        for (int i = 0; i < 100; i++)
            Assert.That((await rig.LookupAsync(directory, $"f{i}")).Attr.Size, Is.EqualTo((ulong)$"d/f{i}".Length));
        Assert.That((await rig.LookupAsync(directory, "missing")).NodeId, Is.Zero);
        Assert.That(rig.TakeCalls(), Is.Empty);
    }

    [Test]
    public async Task A_lookup_never_waits_for_a_whole_directory_that_was_not_listed()
    {
        await using MountRig rig = await MountRig.StartAsync();
        rig.Store.PageSize = 10;
        rig.Put([.. Enumerable.Range(0, 100).Select(i => $"f{i:d3}")]);
        await rig.WalkAsync("f050");
        Assert.That(rig.TakeCalls(), Is.EqualTo(["LIST f050"]));
    }

    [Test]
    public async Task The_first_lookup_after_the_ttl_renews_a_listing_of_one_page_once_for_all()
    {
        await using MountRig rig = await MountRig.StartAsync();
        rig.Put("a", "b", "c");
        await rig.ListAsync();
        rig.Advance(60);
        rig.TakeCalls();
        rig.Put("d");
        using Gate gate = rig.Store.Hold(StoreOperation.List);
        Task<FakeReply<FuseEntryOut>>[] lookups = [.. new[] { "a", "b", "d", "x" }.Select(name => rig.Kernel.LookupAsync(NodeId.Root, name))];
        Task<FakeReply<FuseAttrOut>> attr = rig.Kernel.GetAttrAsync(NodeId.Root);
        await gate.WaitForArrivalsAsync(1, default);
        await rig.Kernel.SyncAsync();
        Assert.That(lookups.Count(lookup => lookup.IsCompleted), Is.Zero);
        gate.Open();
        FakeReply<FuseEntryOut>[] found = await Task.WhenAll(lookups);
        Assert.That(found.Select(entry => entry.Required.NodeId != 0), Is.EqualTo([true, true, true, false]));
        Assert.That((await attr).Required.AttrSeconds(), Is.EqualTo(60));
        Assert.That(rig.TakeCalls(), Is.EqualTo(["LIST "]));
    }

    [Test]
    public async Task A_larger_listing_is_renewed_behind_and_the_key_asked_for_alone()
    {
        await using MountRig rig = await MountRig.StartAsync();
        rig.Store.PageSize = 2;
        rig.Put("a", "b", "c", "d", "e");
        await rig.ListAsync();
        rig.Advance(60);
        rig.TakeCalls();
        using Gate gate = rig.Store.Hold(StoreOperation.List, "");
        rig.Put("aa");
        Assert.That((await rig.LookupAsync(NodeId.Root, "aa")).NodeId, Is.Not.Zero, "waited for the whole directory");
        Assert.That((await rig.LookupAsync(NodeId.Root, "aa")).NodeId, Is.Not.Zero);
        Assert.That(rig.TakeCalls(), Is.EqualTo(["LIST ", "LIST aa"]));
        gate.Open();
        rig.TakeCalls();
        Assert.That(await rig.ListAsync(), Is.EqualTo(["a", "aa", "b", "c", "d", "e"]));
        Assert.That(await rig.ExistsAsync("e"), Is.True);
        Assert.That(rig.TakeCalls().Length, Is.LessThanOrEqualTo(3), "the renewed listing answers");
    }

    [Test]
    public async Task GETATTR_of_a_listed_directory_lists_it_again_after_the_ttl_before_it_answers()
    {
        await using MountRig rig = await MountRig.StartAsync();
        rig.Put("d/a");
        NodeId directory = await rig.NodeAsync("d");
        await rig.ListAsync(directory);
        (ulong, uint) before = (await rig.Kernel.GetAttrAsync(directory)).Required.Attr.Mtime();
        rig.Put("d/b");
        rig.Advance(59);
        Assert.That((await rig.Kernel.GetAttrAsync(directory)).Required.Attr.Mtime(), Is.EqualTo(before));
        rig.TakeCalls();
        rig.Advance(1);
        FuseAttrOut after = (await rig.Kernel.GetAttrAsync(directory)).Required;
        Assert.That(after.Attr.Mtime(), Is.Not.EqualTo(before));
        Assert.That(after.AttrSeconds(), Is.EqualTo(60));
        Assert.That(await rig.ListAsync(directory), Is.EqualTo(["a", "b"]));
        Assert.That(rig.TakeCalls(), Is.EqualTo(["LIST d/"]));
    }

    [Test]
    public async Task GETATTR_of_a_large_directory_answers_and_refreshes_behind()
    {
        await using MountRig rig = await MountRig.StartAsync();
        rig.Store.PageSize = 2;
        rig.Put("d/a", "d/b", "d/c");
        NodeId directory = await rig.NodeAsync("d");
        await rig.ListAsync(directory);
        (ulong, uint) before = (await rig.Kernel.GetAttrAsync(directory)).Required.Attr.Mtime();
        rig.Put("d/e");
        rig.Advance(60);
        using (Gate gate = rig.Store.Hold(StoreOperation.List))
        {
            FuseAttrOut meanwhile = (await rig.Kernel.GetAttrAsync(directory)).Required;
            Assert.That((meanwhile.Attr.Mtime(), meanwhile.AttrSeconds()), Is.EqualTo((before, 0.0)), "the kernel must ask again");
            await gate.WaitForArrivalsAsync(1, default);
        }
        Assert.That(await rig.ListAsync(directory), Is.EqualTo(["a", "b", "c", "e"]));
        FuseAttrOut after = (await rig.Kernel.GetAttrAsync(directory)).Required;
        Assert.That(after.Attr.Mtime(), Is.Not.EqualTo(before));
        Assert.That(after.AttrSeconds(), Is.EqualTo(60));
    }

    [Test]
    public async Task A_directory_shows_when_the_mount_began_until_it_is_listed_and_then_its_listing()
    {
        await using MountRig rig = await MountRig.StartAsync();
        ulong began = (ulong)rig.Time.GetUtcNow().ToUnixTimeSeconds();
        rig.Advance(3600);
        rig.Store.Put("d/a", "1", DateTimeOffset.FromUnixTimeSeconds(1_500_000_000));
        rig.Store.Put("d/b", "2", DateTimeOffset.FromUnixTimeSeconds(1_600_000_000));
        FuseAttr fresh = (await rig.WalkAsync("d")).Attr;
        Assert.That((fresh.Mtime(), fresh.Ctime), Is.EqualTo(((began, 0u), began)));
        await rig.ListAsync("d");
        FuseAttr listed = (await rig.WalkAsync("d")).Attr;
        Assert.That((listed.Mtime, listed.Atime, listed.Ctime), Is.EqualTo((1_600_000_000UL, 1_600_000_000UL, began)));
        Assert.That(listed.MtimeNsec, Is.LessThan(1_000_000_000).And.Not.Zero);
    }

    [TestCase("put", true)]
    [TestCase("overwrite", true)]
    [TestCase("delete", true)]
    [TestCase("touch", true)]
    [TestCase("below", false)]
    [TestCase("nothing", false)]
    public async Task The_time_of_a_directory_changes_with_its_listing_and_only_then(string change, bool changes)
    {
        await using MountRig rig = await MountRig.StartAsync();
        DateTimeOffset then = DateTimeOffset.FromUnixTimeSeconds(1_600_000_000);
        rig.Store.Put("d/a", "aaa", then);
        rig.Store.Put("d/b", "bbb", then);
        rig.Store.Put("d/c/x", "x", then);
        NodeId directory = await rig.NodeAsync("d");
        await rig.ListAsync(directory);
        (ulong, uint) before = (await rig.Kernel.GetAttrAsync(directory)).Required.Attr.Mtime();
        rig.Advance(60);
        _ = change switch
        {
            "put" => rig.Store.Put("d/d", "d", then.AddDays(-1)),
            "overwrite" => rig.Store.Put("d/a", "AAA", then),
            "touch" => rig.Store.Put("d/a", "aaa", then.AddSeconds(-1)),
            "below" => rig.Store.Put("d/c/y", "y", then),
            "delete" => rig.Store.Delete("d/a") ? null : throw new InvalidOperationException(),
            _ => null,
        };
        Assert.That((await rig.Kernel.GetAttrAsync(directory)).Required.Attr.Mtime() != before, Is.EqualTo(changes));
    }

    [Test]
    public async Task A_ttl_of_zero_asks_each_time_and_lets_the_kernel_keep_nothing()
    {
        await using MountRig rig = await MountRig.StartAsync(change: options => options with { MetadataTtl = TimeSpan.Zero, NegativeMetadataTtl = TimeSpan.Zero });
        rig.Put("f");
        for (int i = 0; i < 2; i++)
        {
            FuseEntryOut entry = await rig.WalkAsync("f");
            Assert.That((entry.EntrySeconds(), entry.AttrSeconds()), Is.EqualTo((0.0, 0.0)));
            Assert.That((await rig.LookupAsync(NodeId.Root, "x")).EntrySeconds(), Is.Zero);
        }
        Assert.That(rig.TakeCalls(), Is.EqualTo(["LIST f", "LIST x", "LIST f", "LIST x"]));
        Assert.That(await rig.ListAsync(), Is.EqualTo(["f"]));
        Assert.That(rig.TakeCalls(), Is.EqualTo(["LIST "]));
    }

    [Test]
    public async Task An_endless_ttl_asks_once()
    {
        await using MountRig rig = await MountRig.StartAsync(change: options => options with { MetadataTtl = Timeout.InfiniteTimeSpan, NegativeMetadataTtl = Timeout.InfiniteTimeSpan });
        rig.Put("f", "d/x");
        await rig.WalkAsync("f");
        await rig.ListAsync("d");
        await rig.LookupAsync(NodeId.Root, "missing");
        rig.TakeCalls();
        rig.Time.Advance(TimeSpan.FromDays(4));
        FuseEntryOut entry = await rig.WalkAsync("f");
        Assert.That(entry.EntrySeconds(), Is.GreaterThan(1e9));
        Assert.That((await rig.LookupAsync(NodeId.Root, "missing")).NodeId, Is.Zero);
        await rig.ListAsync("d");
        Assert.That(rig.TakeCalls(), Is.Empty);
    }

    [Test]
    public async Task A_directory_too_large_to_keep_is_not_listed_behind_every_lookup()
    {
        await using MountRig rig = await MountRig.StartAsync(change: options => options with { MetadataTtl = TimeSpan.Zero });
        rig.Store.PageSize = 2;
        rig.Put("a", "b", "c", "d", "e");
        await rig.ListAsync();
        rig.TakeCalls();
        for (int i = 0; i < 10; i++)
            await rig.WalkAsync("c");
        Assert.That(rig.TakeCalls(), Is.All.EqualTo("LIST c"));
    }

    [Test]
    public async Task A_store_that_fails_to_renew_behind_is_asked_again_by_the_next()
    {
        await using MountRig rig = await MountRig.StartAsync();
        rig.Store.PageSize = 2;
        rig.Put("a", "b", "c");
        await rig.ListAsync();
        rig.Advance(60);
        rig.Store.Fail(StoreOperation.List, ObjectStoreFailure.Unavailable, key: "");
        await rig.WalkAsync("a");
        Assert.That(rig.Logger.Lines.Select(line => line.Text), Has.Exactly(1).StartsWith("listing '' again failed"));
        Assert.That(await rig.ListAsync(), Is.EqualTo(["a", "b", "c"]));
    }
}
