using System.Text;
using Microsoft.Extensions.Logging;
using Mono.Unix.Native;
using S3Mount.Fuse;
using S3Mount.Fuse.Protocol;
using S3Mount.ObjectStore;
using S3Mount.Testing.Fuse;

namespace S3Mount.FileSystem.Tests.Semantics;

/// <summary>Keys and what paths they become.</summary>
[CancelAfter(30_000)]
public sealed class KeyTests
{
    [Test]
    public async Task Keys_are_split_at_slashes()
    {
        await using MountRig rig = await MountRig.StartAsync();
        rig.Put("a/b.jpg", "a/c/d", "e");
        Assert.That(await rig.ListAsync(), Is.EqualTo(["a/", "e"]));
        Assert.That(await rig.ListAsync("a"), Is.EqualTo(["b.jpg", "c/"]));
        Assert.That(await rig.ListAsync("a/c"), Is.EqualTo(["d"]));
        Assert.That(await rig.ReadTextAsync("a/c/d"), Is.EqualTo("a/c/d"));
    }

    [Test]
    public async Task A_marker_is_a_directory_also_when_it_is_empty_and_never_a_file([Values] bool listed, [Values] bool plus)
    {
        await using MountRig rig = await MountRig.StartAsync();
        rig.Put("empty/", "full/", "full/x");
        if (listed)
            Assert.That(await rig.ListAsync("", plus), Is.EqualTo(["empty/", "full/"]));
        Assert.That((await rig.WalkAsync("empty")).Attr.Mode & 0xf000, Is.EqualTo(0x4000));
        Assert.That(await rig.ListAsync("empty", plus), Is.Empty);
        Assert.That(await rig.ListAsync("full", plus), Is.EqualTo(["x"]));
    }

    [Test]
    public async Task A_directory_wins_over_a_file_of_its_name([Values] bool listed)
    {
        await using MountRig rig = await MountRig.StartAsync();
        rig.Put("a", "a/b", "c", "c/");
        if (listed)
            Assert.That(await rig.ListAsync(), Is.EqualTo(["a/", "c/"]));
        Assert.That((await rig.WalkAsync("a")).Attr.Mode & 0xf000, Is.EqualTo(0x4000));
        Assert.That((await rig.WalkAsync("c")).Attr.Mode & 0xf000, Is.EqualTo(0x4000));
        Assert.That(await rig.ReadTextAsync("a/b"), Is.EqualTo("a/b"));
    }

    [Test]
    public async Task Keys_that_no_path_can_name_are_not_shown_and_named_once_in_the_log()
    {
        await using MountRig rig = await MountRig.StartAsync();
        string longest = new('x', 255);
        rig.Put("./a", "../b", "/c", ".", "..", "d\0e", $"{longest}y", longest, "f//g", "f/h", "f/.", "...");
        Assert.That(await rig.ListAsync(), Is.EqualTo(["...", "f/", longest]));
        Assert.That(await rig.ListAsync("f"), Is.EqualTo(["h"]));
        string[] lines = [.. rig.Logger.Lines.Where(line => line.Level >= LogLevel.Warning).Select(line => line.Text)];
        Assert.That(lines, Has.Length.EqualTo(1).And.All.Contain("cannot be named by a path"));
    }

    [TestCase("..")]
    [TestCase(".")]
    public async Task A_dot_that_is_asked_for_is_not_a_key(string name)
    {
        await using MountRig rig = await MountRig.StartAsync();
        rig.Put(".", "..", "../a", "./a");
        Assert.That((await rig.LookupAsync(NodeId.Root, name)).NodeId, Is.Zero);
        Assert.That(rig.TakeCalls(), Is.Empty);
    }

    [Test]
    public async Task Names_are_bytes_and_found_under_exactly_these([Values] bool listed)
    {
        string[] names = ["a b", "a+b", "a%20b", "'\"`$", "\n\t\u007f", "\u0001", "é", "e\u0301", "日本", "\U0001F600", "\uFFFD", "\\", "a\u00a0", "~", "-", "A", "a"];
        await using MountRig rig = await MountRig.StartAsync();
        rig.Put(names);
        if (listed)
            Assert.That(await rig.ListAsync(), Is.EqualTo(names.OrderBy(name => Encoding.UTF8.GetBytes(name + "/"), ByteOrder.Instance)));
        foreach (string name in names)
            Assert.That(await rig.ReadTextAsync(name), Is.EqualTo(name));
        foreach (string other in (string[])["B", "e", "a ", "É", "b"])
            Assert.That(await rig.ExistsAsync(other), Is.False, other);
    }

    [Test]
    public async Task A_key_of_the_longest_length_is_found()
    {
        string[] parts = [.. Enumerable.Range(0, 4).Select(i => new string((char)('a' + i), 255))];
        string key = string.Join('/', parts) + "/";
        Assert.That(Encoding.UTF8.GetByteCount(key), Is.EqualTo(ObjectKey.MaxLength));
        string file = key[..^2] + "/f";
        await using MountRig rig = await MountRig.StartAsync();
        rig.Put(key, file);
        Assert.That((await rig.WalkAsync(string.Join('/', parts))).Attr.Mode & 0xf000, Is.EqualTo(0x4000));
        Assert.That(await rig.ReadTextAsync(file), Is.EqualTo(file));
        Assert.That(await rig.ListAsync(string.Join('/', parts)), Is.Empty);
    }

    [Test]
    public async Task A_key_too_long_or_not_UTF8_is_ENOENT_without_a_request([Values] bool expired)
    {
        await using MountRig rig = await MountRig.StartAsync();
        string deep = string.Join('/', Enumerable.Range(0, 4).Select(i => new string((char)('a' + i), 254)));
        rig.Put($"{deep}/x");
        NodeId directory = await rig.NodeAsync(deep);
        if (expired)
        {
            await rig.ListAsync(directory);
            rig.Advance(61);
        }
        rig.TakeCalls();
        Assert.That((await rig.LookupAsync(directory, new string('y', 5))).NodeId, Is.Zero);
        byte[][] invalid = [[0xff], [0xc3], [.. "ok"u8, 0xed, 0xa0, 0x80], [0xc0, 0x80]];
        foreach (byte[] name in invalid)
        {
            FakeReply<FuseEntryOut> reply = await rig.Kernel.LookupAsync(directory, name);
            Assert.That(reply.Required.NodeId, Is.Zero);
            Assert.That(reply.Value.EntrySeconds(), Is.EqualTo(5));
        }
        Assert.That(rig.TakeCalls(), Is.Empty);
    }

    [Test]
    public async Task A_name_over_255_bytes_is_ENAMETOOLONG()
    {
        await using MountRig rig = await MountRig.StartAsync();
        Assert.That((await rig.Kernel.LookupAsync(NodeId.Root, new string('x', 256))).Error, Is.EqualTo(Errno.ENAMETOOLONG));
        Assert.That((await rig.Kernel.LookupAsync(NodeId.Root, new string('é', 128))).Error, Is.EqualTo(Errno.ENAMETOOLONG));
        Assert.That(rig.TakeCalls(), Is.Empty);
        Assert.That((await rig.LookupAsync(NodeId.Root, new string('x', 255))).NodeId, Is.Zero);
    }

    [Test]
    public async Task Only_the_prefix_is_ever_listed_and_it_ends_at_its_slash()
    {
        await using MountRig rig = await MountRig.StartAsync("data/tra/");
        rig.Put("data/train/x", "data/tra", "data/tra/y/z", "data/tra/w", "x", "data/tra/");
        Assert.That(await rig.ListAsync(), Is.EqualTo(["w", "y/"]));
        Assert.That(await rig.ReadTextAsync("y/z"), Is.EqualTo("data/tra/y/z"));
        Assert.That(await rig.ExistsAsync("in"), Is.False);
        rig.Advance(61);
        Assert.That(await rig.ExistsAsync("x"), Is.False);
        await rig.Kernel.GetAttrAsync(NodeId.Root);
        Assert.That(rig.TakeCalls(), Is.EqualTo(["LIST data/tra/", "LIST data/tra/y/z", "GET data/tra/y/z", "LIST data/tra/"]));
    }

    [Test]
    public async Task An_empty_bucket_is_an_empty_directory()
    {
        await using MountRig rig = await MountRig.StartAsync("nothing/here/");
        Assert.That(await rig.ListAsync(), Is.Empty);
        Assert.That((await rig.Kernel.GetAttrAsync(NodeId.Root)).Required.Attr.Mode, Is.EqualTo(0x416d)); // 040555
        Assert.That(await rig.ExistsAsync("x"), Is.False);
    }

    [Test]
    public void A_prefix_without_its_slash_is_refused() =>
        Assert.That(() => new ObjectFileSystem(null!, new ObjectFileSystemOptions { Prefix = "a", MemoryBudget = 64 << 20, Uid = 0, Gid = 0 }, TimeProvider.System, new RecordingLogger()), Throws.ArgumentException);

    private sealed class ByteOrder : IComparer<byte[]>
    {
        public static readonly ByteOrder Instance = new();

        public int Compare(byte[]? x, byte[]? y) => x.AsSpan().SequenceCompareTo(y);
    }
}
