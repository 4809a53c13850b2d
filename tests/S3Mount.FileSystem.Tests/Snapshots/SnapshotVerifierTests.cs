using System.Text;
using S3Mount.FileSystem.Snapshots;
using S3Mount.ObjectStore;
using S3Mount.Testing.Objects;

namespace S3Mount.FileSystem.Tests.Snapshots;

public sealed class SnapshotVerifierTests
{
    [Test]
    [CancelAfter(30_000)]
    public async Task Exactly_what_differs_is_told(CancellationToken cancellationToken)
    {
        await using var rig = new SnapshotRig();
        foreach (string key in (string[])["a", "cat/1", "cat/2", "cat/3", "dog/1", "dog/sub/2", "empty/", "file", "gone/x", "kept/", "same/1"])
            rig.Put(key);
        SnapshotFile file = await rig.CreateAndOpenAsync(cancellationToken);
        foreach (string key in (string[])["cat/2", "dog/1", "dog/sub/2", "empty/", "file", "gone/x"])
            rig.Store.Delete("p/" + key);
        rig.Put("cat/3", 6);
        rig.Put("cat/4");
        rig.Put("file/in", 1);
        rig.Put("gone", 1);
        rig.Put("new/", 0);
        rig.Put("new2/sub/1");
        rig.Put("kept/1");
        rig.Put("same/1", lastModified: 1_750_000_000);
        SnapshotDifferences differences = await rig.VerifyAsync(file);
        string[] expected =
        [
            "Removed cat/2", "Changed cat/3", "Added cat/4", "Removed dog/1", "Removed dog/sub/2", "Removed empty/", "Removed file", "Added file/in",
            "Removed gone/x", "Added gone", "Added kept/1", "Added new/", "Added new2/sub/1",
        ];
        Assert.That(differences.First.Select(one => $"{one.Kind} {one.Path}"), Is.EquivalentTo(expected));
        Assert.That((differences.Added, differences.Removed, differences.Changed, differences.Total), Is.EqualTo((6, 6, 1, 13)));
        Assert.That((differences.IsSame, differences.IsSameDigest), Is.EqualTo((false, false)));
    }

    [TestCase(3, 300)]
    [CancelAfter(120_000)]
    public async Task Random_changes_are_told_exactly(int seed, int trees, CancellationToken cancellationToken)
    {
        for (int i = 0; i < trees; i++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            await using var rig = new SnapshotRig { Origin = new SnapshotOrigin { Bucket = "b" } };
            RandomTree.Create(seed, 2 * i).PutInto(rig);
            rig.Put("one");
            SnapshotFile file = await rig.CreateAndOpenAsync(cancellationToken);
            StoredObject[] before = rig.Store.Objects.ToArray();
            foreach (StoredObject stored in before.Where((_, number) => (number + i) % 3 == 0))
                rig.Store.Objects.Remove(stored.Key);
            RandomTree tree = RandomTree.Create(seed, (2 * i) + 1);
            (tree with { Puts = tree.Puts[..(tree.Puts.Length / 3)] }).PutInto(rig);
            SnapshotDifferences differences = await rig.VerifyAsync(file, int.MaxValue);
            Assert.That(
                differences.First.Select(one => $"{one.Kind} {Encoding.UTF8.GetString(one.Path.Span)}"),
                Is.EquivalentTo(Reference.Differences(Lines(before), Lines(rig.Store.Objects.ToArray()))),
                $"seed {seed}, tree {i}");
            Assert.That(differences.Total, Is.EqualTo(differences.First.Count));
        }
    }

    [Test]
    public async Task All_are_counted_and_the_first_are_named()
    {
        await using var rig = new SnapshotRig();
        rig.Put("a");
        SnapshotFile file = await rig.CreateAndOpenAsync();
        for (int i = 0; i < 30; i++)
            rig.Put($"b{i:d2}");
        SnapshotDifferences differences = await rig.VerifyAsync(file, mostNamed: 3);
        Assert.That(differences.First.Select(one => one.Path.ToString()), Is.EqualTo(new[] { "b00", "b01", "b02" }));
        Assert.That(differences.Added, Is.EqualTo(30));
    }

    [Test]
    public async Task Nothing_left_in_the_store_is_everything_removed()
    {
        await using var rig = new SnapshotRig();
        rig.Put("a");
        rig.Put("b/c");
        SnapshotFile file = await rig.CreateAndOpenAsync();
        rig.Store.Delete("p/a");
        rig.Store.Delete("p/b/c");
        Assert.That((await rig.VerifyAsync(file)).Removed, Is.EqualTo(2));
    }

    [Test]
    public async Task What_no_path_shows_is_told_by_the_digest()
    {
        await using var rig = new SnapshotRig();
        rig.Put("a/b");
        rig.Put("x//y");
        SnapshotFile file = await rig.CreateAndOpenAsync();
        rig.Put("x//y", 6);
        SnapshotDifferences differences = await rig.VerifyAsync(file);
        Assert.That((differences.Total, differences.IsSameDigest, differences.IsSame), Is.EqualTo((0, false, false)));
    }

    [Test]
    public async Task Without_a_tag_a_new_date_is_another_version()
    {
        await using var rig = new SnapshotRig();
        rig.Put("a", 5, "");
        SnapshotFile file = await rig.CreateAndOpenAsync();
        Assert.That((await rig.VerifyAsync(file)).IsSame, Is.True);
        rig.Put("a", 5, "", 1_700_000_001);
        Assert.That((await rig.VerifyAsync(file)).First, Is.EqualTo(new[] { new SnapshotDifference(SnapshotDifferenceKind.Changed, new ObjectKey("a")) }));
    }

    private static HashSet<SnapshotLine> Lines(StoredObject[] objects) =>
        Reference.Tree(objects.Select(stored => (Encoding.UTF8.GetString(stored.Key.Span), stored.Version, stored.StorageClass))).Lines;
}
