using S3Mount.Control.Client;
using S3Mount.FileSystem.Explaining;

namespace S3Mount.Tests.Control;

[TestFixture]
public sealed class ExplainTextTests
{
    private static readonly FileExplanation _file = new()
    {
        IsDirectory = false,
        Key = "data/train/cat 1.jpg",
        ETag = "0123456789abcdef0123456789abcdef",
        Size = 3 << 20,
        LastModified = new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.Zero),
        KnownBy = KnownBy.Listing,
        HoldsForSeconds = 125,
        IsKnownToKernel = true,
        InMemory = [new(0, 1 << 20)],
        Arriving = [new(1 << 20, 1000)],
        OnDisk = [new(0, 1 << 20), new(2 << 20, 1 << 20)],
    };

    [Test]
    public void A_file_is_explained_for_people() => Assert.That(ExplainText.Write(_file), Is.EqualTo("""
        key         data/train/cat 1.jpg
        version     ETag 0123456789abcdef0123456789abcdef
        size        3,145,728 bytes, written 2026-01-02 03:04:05Z
        known       by the listing of its directory; that holds for 2 min 5 s
        kernel      holds the inode; which of its pages it has, only it knows
        memory      1.0 MiB of 3.0 MiB: 0-1,048,575
        on the way  1000 B of 3.0 MiB: 1,048,576-1,049,575
        disk cache  2.0 MiB of 3.0 MiB: 0-1,048,575, 2,097,152-3,145,727
        a read      takes what the kernel has, then what is in memory, what is in the disk cache, the rest from the store

        """));

    [Test]
    public void A_file_of_which_nothing_is_near_comes_from_the_store()
    {
        string text = ExplainText.Write(_file with { ETag = null, StorageClass = "GLACIER", KnownBy = KnownBy.Store, HoldsForSeconds = null, IsKnownToKernel = false, InMemory = [], Arriving = [], OnDisk = null });
        Assert.That(text, Does.Contain("version     no ETag that pins it").And.Contain(", GLACIER\n").And.Contain("known       by the store, which was asked just now; that holds for ever\n"));
        Assert.That(text, Does.Contain("memory      nothing\n").And.Contain("disk cache  none (--cache)\n").And.Contain("a read      takes all from the store\n").And.Not.Contain("on the way"));
    }

    [TestCase(false, "key")]
    [TestCase(true, "prefix")]
    public void A_key_does_not_command_the_terminal(bool isDirectory, string name)
    {
        string text = ExplainText.Write(_file with { IsDirectory = isDirectory, Key = "data/\u001b[2Ja\nkey b/" });
        Assert.That(text, Does.StartWith($"{name,-11} data/\\u001b[2Ja\\u000akey b/\n"));
    }

    [Test]
    public void What_is_there_as_a_whole_is_said_so()
    {
        Assert.That(ExplainText.Write(_file with { InMemory = [], Arriving = [], OnDisk = [new(0, 3 << 20)], IsKnownToKernel = false }), Does.Contain("disk cache  all of it\n").And.Contain("a read      takes what is in the disk cache\n"));
        Assert.That(ExplainText.Write(_file with { InMemory = [new(0, 3 << 20)] }), Does.Contain("a read      takes what the kernel has, then all from memory\n"));
        Assert.That(ExplainText.Write(_file with { Size = 0, InMemory = [], Arriving = [], OnDisk = [] }), Does.Contain("a read      asks nobody: it is empty\n"));
    }

    [Test]
    public void Many_ranges_are_counted() =>
        Assert.That(ExplainText.Ranges([.. Enumerable.Range(0, 10).Select(i => new ByteRange(i * 2L, 1))], 100), Is.EqualTo("10 B of 100 B: 0-0, 2-2, 4-4, 6-6, 8-8, 10-10, and 4 more ranges"));

    [Test]
    public void A_directory_is_explained_by_its_listing()
    {
        var root = new FileExplanation { IsDirectory = true, Key = "", KnownBy = KnownBy.Listing };
        Assert.That(ExplainText.Write(root), Is.EqualTo("""
            prefix      (the whole bucket)
            known       as the root of the mount; that holds for ever
            listing     none that may answer now

            """));
        Assert.That(ExplainText.Write(root with { Key = "a/", Entries = 1300, HoldsForSeconds = 60 }), Does.Contain("listing     1,300 entries\n"));
    }
}
