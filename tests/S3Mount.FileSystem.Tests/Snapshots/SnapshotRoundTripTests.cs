using System.Text;
using S3Mount.FileSystem.Snapshots;

namespace S3Mount.FileSystem.Tests.Snapshots;

public sealed class SnapshotRoundTripTests
{
    [Test]
    [CancelAfter(30_000)]
    public async Task Everything_that_was_listed_is_there_in_the_order_of_a_directory(CancellationToken cancellationToken)
    {
        await using var rig = new SnapshotRig();
        string longest = string.Concat(Enumerable.Repeat(new string('é', 127) + "/", 4)) + "ab";
        string deep = string.Concat(Enumerable.Repeat("d/", 500)) + "e";
        foreach (string key in (string[])["a", "a-b", "a.txt", "a/", "a/x", "a0", "b", "b-c/d", "empty/", "", "\U0001F600", "\uFFFD", "new\nline", longest, deep, "x//y", "z/../w", "n/\0"])
            rig.Put(key, key.Length);
        SnapshotFile file = await rig.CreateAndOpenAsync(cancellationToken);
        AssertIs(file, rig);
        var root = new List<string>();
        for (int i = 0; i < file.Root.Count; i++)
            root.Add(Encoding.UTF8.GetString(file.Root[i].Name));
        Assert.That(root, Is.EqualTo(new[] { "a-b", "a.txt", "a", "a0", "b-c", "b", "d", "empty", "n", "new\nline", "x", "z", new string('é', 127), "\uFFFD", "\U0001F600" }));
        Assert.That((file.Summary.HiddenKeys, file.Summary.ShadowedKeys), Is.EqualTo((3, 1)));
    }

    [TestCase(1, 300)]
    [TestCase(2, 300)]
    [CancelAfter(120_000)]
    public async Task Random_trees_come_back(int seed, int trees, CancellationToken cancellationToken)
    {
        for (int i = 0; i < trees; i++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            await using var rig = new SnapshotRig { Origin = new SnapshotOrigin { Bucket = "b", Prefix = i % 2 == 0 ? "" : "p/q/" } };
            RandomTree tree = RandomTree.Create(seed, i);
            rig.Store.PageSize = tree.PageSize;
            rig.Put("other/key");
            tree.PutInto(rig);
            SnapshotFile file = await rig.CreateAndOpenAsync(cancellationToken);
            AssertIs(file, rig);
            Assert.That((await rig.VerifyAsync(file)).IsSame, Is.True, $"seed {seed}, tree {i}");
        }
    }

    [Test]
    public async Task A_directory_is_found_by_its_path_and_an_entry_by_its_name()
    {
        await using var rig = new SnapshotRig();
        foreach (string key in (string[])["train/cat/1.jpg", "train/cat/2.jpg", "train/dog/1.jpg", "train/cat-2/9.jpg", "val/"])
            rig.Put(key);
        SnapshotFile file = await rig.CreateAndOpenAsync();
        Assert.That(file.TryFindDirectory("train/cat"u8, out SnapshotDirectory cat), Is.True);
        Assert.That(file.TryFindDirectory("train/cat/"u8, out SnapshotDirectory again) && again == cat, Is.True);
        Assert.That(file.TryFindDirectory("train/cow"u8, out _) || file.TryFindDirectory("train/cat/1.jpg"u8, out _) || file.TryFindDirectory("/"u8, out _), Is.False);
        Assert.That(file.TryFindDirectory(""u8, out SnapshotDirectory root) && root == file.Root && root.Parent == root, Is.True);
        Assert.That(cat.Find("2.jpg"u8), Is.EqualTo(1));
        Assert.That((cat.Find("3.jpg"u8), cat.Find(""u8)), Is.EqualTo((-1, -1)));
        Assert.That((Encoding.UTF8.GetString(cat.Name), Encoding.UTF8.GetString(cat.ToPath()), Encoding.UTF8.GetString(cat.Parent.Name)), Is.EqualTo(("cat", "train/cat/", "train")));
        Assert.That(file.Directory(cat.Number), Is.EqualTo(cat));
        Assert.That(file.DirectoryCount, Is.EqualTo(6));
    }

    [Test]
    public async Task The_summary_says_what_there_is()
    {
        await using var rig = new SnapshotRig();
        rig.Put("a/1", 100);
        rig.Put("a/2", 23);
        rig.Put("b/", 0);
        rig.Put("c", 7);
        rig.Put("c/d", 1);
        rig.Put("e//f", 1000);
        SnapshotSummary summary = await rig.CreateAsync();
        var expected = new SnapshotSummary
        {
            Origin = rig.Origin,
            MadeAt = SnapshotRig.Now,
            Files = 3,
            Directories = 4,
            Bytes = 124,
            HiddenKeys = 1,
            ShadowedKeys = 1,
            Digest = Reference.Digest(rig.Store.Objects.ToArray().Select(stored => (stored.Key.ToString()[2..], stored.Size, stored.ETag))),
        };
        Assert.That(summary, Is.EqualTo(expected));
        Assert.That(SnapshotFile.Open(rig.FilePath).Summary, Is.EqualTo(expected));
    }

    private static void AssertIs(SnapshotFile file, SnapshotRig rig)
    {
        (HashSet<SnapshotLine> expected, int hidden, int shadowed) = Reference.Tree(rig.Store.Objects.ToArray()
            .Select(stored => (Key: Encoding.UTF8.GetString(stored.Key.Span), Stored: stored))
            .Where(one => one.Key.StartsWith(rig.Origin.Prefix, StringComparison.Ordinal))
            .Select(one => (one.Key[rig.Origin.Prefix.Length..], one.Stored.Version, one.Stored.StorageClass)));
        List<SnapshotLine> lines = SnapshotRig.Lines(file);
        Assert.That(lines, Is.EquivalentTo(expected));
        Assert.That((file.Summary.HiddenKeys, file.Summary.ShadowedKeys), Is.EqualTo((hidden, shadowed)));
        for (int number = 0; number < file.DirectoryCount; number++)
            AssertIsOrdered(file.Directory(number));
    }

    private static void AssertIsOrdered(SnapshotDirectory directory)
    {
        byte[] last = [];
        for (int i = 0; i < directory.Count; i++)
        {
            byte[] name = [.. directory[i].Name, (byte)'/'];
            Assert.That(last.AsSpan().SequenceCompareTo(name), Is.Negative);
            Assert.That(directory.Find(name.AsSpan()[..^1]), Is.EqualTo(i));
            last = name;
        }
    }
}
