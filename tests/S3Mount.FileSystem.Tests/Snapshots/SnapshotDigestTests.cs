using S3Mount.FileSystem.Snapshots;

namespace S3Mount.FileSystem.Tests.Snapshots;

public sealed class SnapshotDigestTests
{
    private static readonly string[] _keys = ["", "a", "a-", "a/", "a/b", "a/c/d", "b//c", "\U0001F600", "\uFFFD"];

    [TestCase(1)]
    [TestCase(3)]
    [TestCase(1000)]
    public async Task It_is_that_of_its_definition_whatever_the_size_of_a_page(int pageSize)
    {
        await using var rig = new SnapshotRig();
        rig.Store.PageSize = pageSize;
        foreach (string key in _keys)
            rig.Put(key, key.Length, Tag(key));
        Assert.That((await rig.CreateAsync()).Digest, Is.EqualTo(Reference.Digest(_keys.Select(key => (key, (long)key.Length, Tag(key))))));
    }

    // Computed once by another program (Python's hashlib): the definition is a contract.
    [Test]
    public void It_is_the_same_for_ever()
    {
        using var digest = new SnapshotDigest();
        digest.Add("a/b"u8, new ObjectStore.ObjectVersion(ObjectStore.ETag.Parse("\"d41d8cd98f00b204e9800998ecf8427e\""), 0, 5));
        Assert.That(SnapshotDigest.ToText(digest.Complete()), Is.EqualTo("sha256:6c51672adefd8aff0f81b7299c22b4434790c37c149475c63254b2c1c76b5fbe"));
    }

    [Test]
    public async Task Bucket_prefix_store_time_and_storage_class_do_not_count()
    {
        await using var first = new SnapshotRig();
        await using var second = new SnapshotRig { Origin = new SnapshotOrigin { Bucket = "other" } };
        foreach (string key in (string[])["a", "b/c"])
        {
            first.Put(key, 5, lastModified: 1_700_000_000);
            second.Put(key, 5, lastModified: 1_600_000_000, storageClass: "GLACIER");
        }
        second.Time.Advance(TimeSpan.FromDays(1));
        Assert.That((await second.CreateAsync()).Digest, Is.EqualTo((await first.CreateAsync()).Digest));
    }

    [TestCase("a", 6, "tag")]
    [TestCase("b", 5, "tag")]
    [TestCase("a", 5, "taG")]
    [TestCase("a/", 5, "tag")]
    public async Task Key_size_and_tag_count(string key, int size, string etag)
    {
        await using var first = new SnapshotRig();
        await using var second = new SnapshotRig();
        first.Put("a", 5, "tag");
        second.Put(key, size, etag);
        Assert.That((await second.CreateAsync()).Digest, Is.Not.EqualTo((await first.CreateAsync()).Digest));
    }

    [Test]
    public async Task The_same_dataset_has_the_same_digest_again()
    {
        await using var rig = new SnapshotRig();
        rig.Put("a/b");
        string digest = (await rig.CreateAsync()).Digest;
        rig.Time.Advance(TimeSpan.FromHours(1));
        rig.Put("a/b", lastModified: 1_750_000_000);
        Assert.That((await rig.CreateAsync()).Digest, Is.EqualTo(digest));
    }

    private static string Tag(string key) => (key.Length % 4) switch { 0 => $"{key.Length:x32}", 1 => $"{key.Length:x32}-12", 2 => "text", _ => "" };
}
