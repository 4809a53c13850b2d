using S3Mount.Control.Client;
using S3Mount.Fuse.Mounting;
using S3Mount.Hosting;

namespace S3Mount.Tests.Control;

/// <summary>From a path to a mount and what lies in it, by /proc/self/mountinfo alone.</summary>
[TestFixture]
public sealed class MountedPathTests
{
    // Number, parent, device, root, mountpoint, type, user; in the order of mounting.
    private static readonly MountTableEntry[] _entries =
    [
        Entry(20, 1, "8:1", "/", "/", "ext4", null),
        Entry(30, 20, "0:50", "/", "/data", StartCheck.OwnType, 0),
        Entry(31, 20, "0:51", "/", "/with space", StartCheck.OwnType, 1000),
        Entry(32, 30, "0:52", "/", "/data/nested", StartCheck.OwnType, 0),
        Entry(33, 30, "0:5", "/", "/data/local", "tmpfs", null),
        Entry(34, 20, "0:51", "/sub/dir", "/bound", StartCheck.OwnType, 1000),
        Entry(35, 20, "0:54", "/", "/hidden/below", StartCheck.OwnType, 0),
        Entry(36, 20, "0:6", "/", "/hidden", "tmpfs", null),
        Entry(37, 20, "0:55", "/", "/twice", StartCheck.OwnType, 0),
        Entry(38, 37, "0:56", "/", "/twice", StartCheck.OwnType, 0),
    ];

    [TestCase("/data", "0:50", "")]
    [TestCase("/data/a/b c", "0:50", "a/b c")]
    [TestCase("/data/nest", "0:50", "nest")]
    [TestCase("/data/nested", "0:52", "")]
    [TestCase("/data/nested/x", "0:52", "x")]
    [TestCase("/with space/a", "0:51", "a")]
    [TestCase("/bound", "0:51", "sub/dir")]
    [TestCase("/bound/x/y", "0:51", "sub/dir/x/y")]
    [TestCase("/twice/x", "0:56", "x")]
    public void A_path_belongs_to_the_mount_that_the_kernel_would_find(string path, string device, string inside)
    {
        MountedPath? found = Find(path);
        Assert.That((found?.Mount.Device, found?.Inside), Is.EqualTo((device, inside)));
    }

    [TestCase("/")]
    [TestCase("/dat")]
    [TestCase("/data2/x")]
    [TestCase("/data/local/x")]
    [TestCase("/hidden/below/x")]
    public void Elsewhere_there_is_none(string path) => Assert.That(Find(path), Is.Null);

    [Test]
    public void A_user_is_shown_the_own_mounts_and_root_all_each_once()
    {
        Assert.That(StatusProgram.OwnMounts(_entries, 1000).Select(entry => entry.Mountpoint), Is.EqualTo((string[])["/with space"]));
        Assert.That(StatusProgram.OwnMounts(_entries, 0).Select(entry => entry.Device), Is.EqualTo((string[])["0:50", "0:51", "0:52", "0:54", "0:55", "0:56"]));
        Assert.That(StatusProgram.OwnMounts(_entries, 7), Is.Empty);
    }

    private static MountedPath? Find(string path) => MountedPath.Find(MountTable.FindAbove(_entries, path), path);

    private static MountTableEntry Entry(int id, int parent, string device, string root, string mountpoint, string type, uint? user) =>
        new(id, device, mountpoint, type, "source", user is null ? "rw,rw" : $"ro,nosuid,ro,user_id={user},group_id=7") { ParentId = parent, Root = root };
}
