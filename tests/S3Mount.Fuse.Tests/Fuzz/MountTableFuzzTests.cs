using S3Mount.Fuse.Mounting;
using S3Mount.Testing.Fuzzing;

namespace S3Mount.Fuse.Tests.Fuzz;

/// <summary>Names of directories and sources in mountinfo are anybody's: no line of it ends the reading, or leads round in circles.</summary>
[Category("Fuzz")]
public sealed class MountTableFuzzTests
{
    private static readonly byte[][] _words = FuzzRun.Words(" ", "\n", " - ", "\\040", "\\777", "\\", "/", "fuse.s3mount", "user_id=", "user_id=4294967296", ",", "-1", "0", "\0", "\u00ff");

    [Test]
    public void Every_table_is_read_and_each_path_lies_in_one_mount_at_most()
    {
        Corpus corpus = Corpus.OfTexts(
            "MountTables", "22 1 0:20 / / rw,relatime shared:1 - ext4 /dev/root rw\n30 22 0:26 / /sys/fs/cgroup rw - cgroup2 cgroup2 rw\n36 22 0:77 / /mnt/a\\040b ro,nosuid - fuse.s3mount bucket ro,user_id=1000\n",
            "1 1 0:1 / / rw - rootfs rootfs rw\n2 1 0:2 / / rw - ext4 x rw\n3 2 0:3 / /a rw - fuse y rw,user_id=0\n4 3 0:4 /x /a/b rw master:1 propagate_from:2 - fuseblk z rw\n");
        FuzzResult result = new FuzzRun { Corpus = corpus, Executions = 10_000, Tokens = _words, MaxLength = 4096, MaxAllocated = 64 * 1024 }.Run(input =>
        {
            IReadOnlyList<MountTableEntry> entries = MountTable.Parse(input);
            foreach (MountTableEntry entry in entries)
                FuzzCheckException.Unless(entry.UserId is null || entry.Options.Contains("user_id=", StringComparison.Ordinal), "an owner from nowhere");
            MountTableEntry? above = MountTable.FindAbove(entries, "/a/b/c");
            FuzzCheckException.Unless(above is null || entries.Contains(above), "a mount from nowhere");
            return above is null ? "none" : above.Mountpoint == "/" ? "the root" : "a mount";
        });
        Assert.That(result.Outcomes.Keys, Is.EquivalentTo(new[] { "none", "the root", "a mount" }));
    }
}
