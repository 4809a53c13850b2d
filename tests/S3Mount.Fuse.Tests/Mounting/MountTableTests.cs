using System.Text;
using S3Mount.Fuse.Mounting;

namespace S3Mount.Fuse.Tests.Mounting;

public sealed class MountTableTests
{
    [Test]
    public void Lines_are_taken_apart()
    {
        IReadOnlyList<MountTableEntry> entries = Parse("""
            36 35 98:0 /mnt1 /mnt2 rw,noatime master:1 - ext3 /dev/root rw,errors=continue
            22 1 0:21 / /proc rw,nosuid,nodev,noexec,relatime shared:13 master:5 propagate_from:2 unbindable - proc proc rw
            63 22 0:52 / /data ro,nosuid,nodev,relatime - fuse.s3mount s3mount#b ro,user_id=0,group_id=0,max_read=1048576
            """);
        Assert.That(entries, Is.EqualTo(new[]
        {
            new MountTableEntry(36, "98:0", "/mnt2", "ext3", "/dev/root", "rw,noatime,rw,errors=continue") { ParentId = 35, Root = "/mnt1" },
            new MountTableEntry(22, "0:21", "/proc", "proc", "proc", "rw,nosuid,nodev,noexec,relatime,rw") { ParentId = 1 },
            new MountTableEntry(63, "0:52", "/data", "fuse.s3mount", "s3mount#b", "ro,nosuid,nodev,relatime,ro,user_id=0,group_id=0,max_read=1048576") { ParentId = 22 },
        }));
    }

    [TestCase(@"/a\040b", "/a b")]
    [TestCase(@"/tab\011line\012back\134slash", "/tab\tline\nback\\slash")]
    [TestCase(@"/s3mount\043x", "/s3mount#x")]
    [TestCase(@"/ü\040ö", "/ü ö")]
    [TestCase(@"/no\escape\04", @"/no\escape\04")]
    [TestCase(@"/\134040", @"/\040")]
    public void Octal_escapes_are_undone(string written, string plain) =>
        Assert.That(Parse($"1 2 0:3 / {written} rw - fuse src rw").Single().Mountpoint, Is.EqualTo(plain));

    [TestCase("")]
    [TestCase("\n\n")]
    [TestCase("nonsense")]
    [TestCase("1 2 0:3 / /a rw -")]
    [TestCase("1 2 0:3 / /a rw fuse src rw")]
    [TestCase("x 2 0:3 / /a rw - fuse src rw")]
    public void What_is_no_line_is_left_out(string text) => Assert.That(Parse(text), Is.Empty);

    [TestCase("fuse", true)]
    [TestCase("fuse.sshfs", true)]
    [TestCase("fuseblk", true)]
    [TestCase("fusectl", false)]
    [TestCase("ext4", false)]
    [TestCase("autofs", false)]
    public void Fuse_mounts_are_known_by_their_type(string type, bool isFuse) =>
        Assert.That(Parse($"1 2 0:3 / /a rw - {type} src rw").Single().IsFuse, Is.EqualTo(isFuse));

    [Test]
    public void This_machines_table_has_a_root()
    {
        Assert.That(MountTable.Find("/")?.Mountpoint, Is.EqualTo("/"));
        Assert.That(MountTable.Find("/no/such/mount"), Is.Null);
    }

    [Test]
    public void Only_fuse_mounts_are_unmounted()
    {
        Assert.That(() => MountTable.Unmount("/proc", lazy: false), Throws.TypeOf<FuseException>().With.Message.Contains("type proc"));
        Assert.That(() => MountTable.Unmount("/no/such/mount", lazy: false), Throws.TypeOf<FuseException>());
        Assert.That(() => MountTable.Unmount("/usr", lazy: false), Throws.TypeOf<FuseException>().With.Message.Contains("nothing is mounted"));
    }

    private static IReadOnlyList<MountTableEntry> Parse(string text) => MountTable.Parse(Encoding.UTF8.GetBytes(text));
}
