using System.Text;
using Mono.Unix.Native;
using S3Mount.FileSystem.Inodes;
using S3Mount.Fuse;
using S3Mount.Fuse.Protocol;
using S3Mount.Testing.Fuse;
using S3Mount.Testing.Objects;

namespace S3Mount.FileSystem.Tests.Semantics;

/// <summary>What stat and the extended attributes show.</summary>
[CancelAfter(30_000)]
public sealed class AttributeTests
{
    private static readonly DateTimeOffset _modified = DateTimeOffset.FromUnixTimeMilliseconds(1_700_000_000_987);

    [TestCase(0, 0u)]
    [TestCase(1, 1u)]
    [TestCase(512, 1u)]
    [TestCase(513, 2u)]
    [TestCase(110_000, 215u)]
    public async Task A_file_shows_its_size_its_blocks_and_LastModified_in_whole_seconds(int size, uint blocks)
    {
        await using MountRig rig = await MountRig.StartAsync();
        rig.Store.PutRamp("d/file", size, lastModified: _modified);
        FuseEntryOut single = await rig.WalkAsync("d/file");
        await rig.ListAsync("d");
        FuseEntryOut listed = await rig.WalkAsync("d/file");
        FuseAttr attr = (await rig.Kernel.GetAttrAsync(new NodeId(listed.NodeId))).Required.Attr;
        foreach (FuseAttr one in (FuseAttr[])[single.Attr, listed.Attr, attr])
        {
            Assert.That((one.Size, one.Blocks, one.Nlink, one.Mode), Is.EqualTo(((ulong)size, (ulong)blocks, 1u, 0x8124u)));
            Assert.That((one.Mtime, one.Ctime, one.Atime), Is.EqualTo((1_700_000_000UL, 1_700_000_000UL, 1_700_000_000UL)));
            Assert.That((one.MtimeNsec, one.CtimeNsec, one.AtimeNsec), Is.EqualTo((0u, 0u, 0u)));
            Assert.That((one.Uid, one.Gid, one.Blksize), Is.EqualTo((1001u, 1002u, 4096u)));
        }
        Assert.That(listed.NodeId, Is.EqualTo(single.NodeId));
    }

    [Test]
    public async Task A_time_before_1970_is_shown_as_it_is()
    {
        await using MountRig rig = await MountRig.StartAsync();
        rig.Store.Put("old", "x", DateTimeOffset.FromUnixTimeSeconds(-5));
        Assert.That((long)(await rig.WalkAsync("old")).Attr.Mtime, Is.EqualTo(-5));
    }

    [Test]
    public async Task Modes_and_owner_come_from_the_options()
    {
        await using MountRig rig = await MountRig.StartAsync(change: options => options with { Uid = 7, Gid = 8, FileMode = 0x180, DirectoryMode = 0x1c0 });
        rig.Put("d/f");
        FuseAttr directory = (await rig.WalkAsync("d")).Attr;
        FuseAttr file = (await rig.WalkAsync("d/f")).Attr;
        FuseAttr root = (await rig.Kernel.GetAttrAsync(NodeId.Root)).Required.Attr;
        Assert.That((directory.Mode, file.Mode, root.Mode), Is.EqualTo((0x41c0u, 0x8180u, 0x41c0u)));
        Assert.That((directory.Uid, file.Gid, root.Uid, root.Gid), Is.EqualTo((7u, 8u, 7u, 8u)));
    }

    [Test]
    public async Task A_directory_has_two_links_and_no_size()
    {
        await using MountRig rig = await MountRig.StartAsync();
        rig.Put("d/f");
        FuseAttr attr = (await rig.WalkAsync("d")).Attr;
        Assert.That((attr.Nlink, attr.Size, attr.Mode), Is.EqualTo((2u, 0UL, 0x416du)));
    }

    [Test]
    public async Task STATX_says_what_GETATTR_says()
    {
        await using MountRig rig = await MountRig.StartAsync();
        rig.Store.PutRamp("f", 1000, lastModified: _modified);
        NodeId node = await rig.NodeAsync("f");
        FuseAttr attr = (await rig.Kernel.GetAttrAsync(node)).Required.Attr;
        byte[] statx = (await rig.Kernel.RawAsync(FuseOpcode.Statx, node, new byte[24])).Required;
        Assert.That(statx, Has.Length.EqualTo(288));
        Assert.That(BitConverter.ToUInt64(statx, 32 + 32), Is.EqualTo(attr.Ino)); // fuse_statx.ino
        Assert.That(BitConverter.ToUInt64(statx, 32 + 40), Is.EqualTo(attr.Size)); // fuse_statx.size
    }

    [Test]
    public async Task Inode_numbers_are_those_of_the_path_whatever_the_version()
    {
        await using MountRig rig = await MountRig.StartAsync();
        rig.Put("d/f");
        FuseEntryOut before = await rig.WalkAsync("d/f");
        IReadOnlyList<FakeDirent> listed = await rig.Kernel.ListAsync(await rig.NodeAsync("d"));
        rig.Store.Put("d/f", "another");
        rig.Advance(61);
        FuseEntryOut after = await rig.WalkAsync("d/f");
        ulong ino = PathHash.ToIno(PathHash.Append(PathHash.Append(PathHash.Root, "d"u8), "f"u8));
        Assert.That((before.Attr.Ino, after.Attr.Ino, listed[2].Ino), Is.EqualTo((ino, ino, ino)));
        Assert.That(listed[0].Ino, Is.EqualTo((await rig.WalkAsync("d")).Attr.Ino));
        Assert.That(listed[1].Ino, Is.EqualTo(1));
        Assert.That(after.NodeId, Is.Not.EqualTo(before.NodeId));
    }

    [Test]
    public async Task Extended_attributes_tell_key_etag_and_storage_class()
    {
        await using MountRig rig = await MountRig.StartAsync("pre/");
        StoredObject stored = rig.Store.Put("pre/d/ü f", "abc");
        rig.Store.Put(stored with { Key = new("pre/ia"), StorageClass = "STANDARD_IA" });
        NodeId node = await rig.NodeAsync("d/ü f");
        Assert.That(await ValueAsync(rig, node, "user.s3.key"), Is.EqualTo("pre/d/ü f"));
        Assert.That(await ValueAsync(rig, node, "user.s3.etag"), Is.EqualTo("900150983cd24fb0d6963f7d28e17f72"));
        Assert.That(await ValueAsync(rig, node, "user.s3.storage-class"), Is.EqualTo("STANDARD"));
        Assert.That(await ValueAsync(rig, await rig.NodeAsync("ia"), "user.s3.storage-class"), Is.EqualTo("STANDARD_IA"));
        Assert.That(Encoding.UTF8.GetString((await rig.Kernel.ListXattrAsync(node)).Required), Is.EqualTo("user.s3.key\0user.s3.etag\0user.s3.storage-class\0"));
    }

    [Test]
    public async Task An_object_without_a_strong_etag_has_no_such_attribute()
    {
        await using MountRig rig = await MountRig.StartAsync();
        rig.Store.Put(rig.Store.Put("f", "abc") with { ETag = "W/\"abc\"" });
        NodeId node = await rig.NodeAsync("f");
        Assert.That((await rig.Kernel.GetXattrAsync(node, "user.s3.etag"u8.ToArray())).Error, Is.EqualTo(Errno.ENODATA));
        Assert.That(Encoding.UTF8.GetString((await rig.Kernel.ListXattrAsync(node)).Required), Is.EqualTo("user.s3.key\0user.s3.storage-class\0"));
    }

    [Test]
    public async Task An_extended_attribute_is_measured_and_must_fit()
    {
        await using MountRig rig = await MountRig.StartAsync();
        rig.Put("file");
        NodeId node = await rig.NodeAsync("file");
        byte[] name = "user.s3.key"u8.ToArray();
        Assert.That((await rig.Kernel.GetXattrSizeAsync(node, name)).Required, Is.EqualTo(4));
        Assert.That((await rig.Kernel.GetXattrAsync(node, name, 3)).Error, Is.EqualTo(Errno.ERANGE));
        Assert.That((await rig.Kernel.GetXattrAsync(node, name, 4)).Required, Is.EqualTo("file"u8.ToArray()));
        uint size = (await rig.Kernel.ListXattrSizeAsync(node)).Required;
        Assert.That((await rig.Kernel.ListXattrAsync(node, size - 1)).Error, Is.EqualTo(Errno.ERANGE));
        Assert.That((await rig.Kernel.ListXattrAsync(node, size)).Required, Has.Length.EqualTo((int)size));
    }

    [TestCase("security.selinux")]
    [TestCase("system.posix_acl_access")]
    [TestCase("s3.key")]
    public async Task Attributes_outside_the_user_namespace_are_not_supported(string name)
    {
        await using MountRig rig = await MountRig.StartAsync();
        rig.Put("d/file");
        Assert.That((await rig.Kernel.GetXattrAsync(await rig.NodeAsync("d/file"), Encoding.UTF8.GetBytes(name))).Error, Is.EqualTo(Errno.EOPNOTSUPP));
        Assert.That((await rig.Kernel.GetXattrAsync(await rig.NodeAsync("d"), Encoding.UTF8.GetBytes(name))).Error, Is.EqualTo(Errno.EOPNOTSUPP));
    }

    [TestCase("user.s3.keys")]
    [TestCase("user.s3")]
    public async Task Any_other_extended_attribute_is_ENODATA(string name)
    {
        await using MountRig rig = await MountRig.StartAsync();
        rig.Put("d/file");
        Assert.That((await rig.Kernel.GetXattrAsync(await rig.NodeAsync("d/file"), Encoding.UTF8.GetBytes(name))).Error, Is.EqualTo(Errno.ENODATA));
        Assert.That((await rig.Kernel.GetXattrAsync(await rig.NodeAsync("d"), "user.s3.key"u8.ToArray())).Error, Is.EqualTo(Errno.ENODATA));
        Assert.That((await rig.Kernel.ListXattrAsync(await rig.NodeAsync("d"))).Required, Is.Empty);
        Assert.That((await rig.Kernel.ListXattrSizeAsync(NodeId.Root)).Required, Is.Zero);
    }

    [Test]
    public async Task The_file_system_shows_room_without_end_and_its_longest_name()
    {
        await using MountRig rig = await MountRig.StartAsync();
        FuseKStatFs statFs = (await rig.Kernel.StatFsAsync(NodeId.Root)).Required;
        Assert.That((statFs.Namelen, statFs.Bsize, statFs.Frsize), Is.EqualTo((255u, 4096u, 4096u)));
        Assert.That(statFs.Blocks, Is.GreaterThan(0).And.EqualTo(statFs.Bavail));
    }

    [Test]
    public async Task A_file_has_no_holes()
    {
        const uint Data = 3;
        const uint Hole = 4;
        await using MountRig rig = await MountRig.StartAsync();
        rig.Store.PutRamp("f", 1000);
        NodeId node = await rig.NodeAsync("f");
        Assert.That((await rig.Kernel.LseekAsync(node, 10, Data)).Required, Is.EqualTo(10));
        Assert.That((await rig.Kernel.LseekAsync(node, 10, Hole)).Required, Is.EqualTo(1000));
        Assert.That((await rig.Kernel.LseekAsync(node, 1000, Data)).Error, Is.EqualTo(Errno.ENXIO));
        Assert.That((await rig.Kernel.LseekAsync(node, ulong.MaxValue, Hole)).Error, Is.EqualTo(Errno.ENXIO));
        Assert.That((await rig.Kernel.LseekAsync(node, 0, 0)).Error, Is.EqualTo(Errno.EINVAL));
    }

    private static async Task<string> ValueAsync(MountRig rig, NodeId node, string name) =>
        Encoding.UTF8.GetString((await rig.Kernel.GetXattrAsync(node, Encoding.UTF8.GetBytes(name))).Required);
}
