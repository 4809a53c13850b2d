using System.Globalization;
using System.Text;
using S3Mount.FileSystem.Handover;
using S3Mount.FileSystem.Inodes;
using S3Mount.Fuse;
using S3Mount.ObjectStore;

namespace S3Mount.FileSystem.Tests.Inodes;

public sealed class NodeNumbersTests
{
    // Some chunks each.
    private const int Directories = 3 * NodeNumbers.ChunkSize + 7;

    [Test]
    public void File_systems_of_one_mount_never_share_a_node_id()
    {
        var numbers = new NodeNumbers(1);
        InodeTable[] tables = [Table(numbers, "a"), Table(numbers, "b"), Table(numbers, "c")];
        var ids = new Dictionary<NodeId, InodeTable>();
        foreach (InodeTable table in tables)
            ids.Add(table.Root.Id, table);
        for (int i = 0; i < Directories; i++)
        {
            foreach (InodeTable table in tables)
            {
                DirectoryInode directory = table.GetDirectory(table.Root, Name(i));
                ids.Add(directory.Id, table);
                ids.Add(table.LookUp(directory, "f"u8, Version(i), "").Id, table);
            }
        }
        Assert.That(ids, Has.Count.EqualTo(3 * (1 + 2 * Directories)).And.Not.ContainKey(NodeId.Root));
        foreach ((NodeId id, InodeTable owner) in ids)
        {
            foreach (InodeTable table in tables)
                Assert.That(table.FindDirectory(id) is not null || table.TryFindFile(id, out _), Is.EqualTo(table == owner));
        }
        foreach (InodeTable table in tables)
            Assert.That(table.Directories().Select(directory => Encoding.UTF8.GetString(directory.Prefix)), Is.EqualTo((string[])["", .. Enumerable.Range(0, Directories).Select(i => $"d{i}/")]));
    }

    [Test]
    public void Tables_that_are_written_and_read_go_on_with_their_own_numbers()
    {
        var numbers = new NodeNumbers(1);
        InodeTable first = Table(numbers, "a"), second = Table(numbers, "b");
        for (int i = 0; i < Directories; i++)
        {
            first.GetDirectory(first.Root, Name(i));
            second.GetDirectory(second.Root, Name(i));
        }
        NodeId[] known = [.. first.Directories().Concat(second.Directories()).Select(directory => directory.Id)];
        int reserved = 0;
        var fresh = new NodeNumbers(0, bound => reserved = bound);
        first = Again(first, fresh, "a");
        second = Again(second, fresh, "b");
        Assert.That(first.Directories().Concat(second.Directories()).Select(directory => directory.Id), Is.EqualTo(known));
        Assert.That(reserved, Is.GreaterThan(known.Max(id => (int)id.Value)));
        var added = new List<NodeId>();
        for (int i = Directories; i < 2 * Directories; i++)
        {
            added.Add(first.GetDirectory(first.Root, Name(i)).Id);
            added.Add(second.GetDirectory(second.Root, Name(i)).Id);
        }
        Assert.That(added.Concat(known), Is.Unique);
    }

    [Test]
    public void Every_number_in_use_has_been_reserved()
    {
        int reserved = 0, calls = 0;
        var numbers = new NodeNumbers(5, bound => (reserved, calls) = (bound, calls + 1));
        var table = new InodeTable([], _ => { }, numbers);
        for (int i = 0; i < 70_000; i++)
        {
            DirectoryInode directory = table.GetDirectory(table.Root, Name(i));
            Assert.That(directory.Number, Is.GreaterThanOrEqualTo(5).And.LessThan(reserved));
        }
        Assert.That(calls, Is.EqualTo(2), "not for each of them");
    }

    [Test]
    public void When_all_numbers_are_used_up_it_says_so()
    {
        var numbers = new NodeNumbers(int.MaxValue - NodeNumbers.ChunkSize);
        Assert.That(() => numbers.TakeChunk(), Throws.InvalidOperationException.With.Message.Contains("made anew"));
    }

    [Test]
    public void The_same_path_has_the_same_inode_number_at_every_mount_and_another_in_another_dataset()
    {
        InodeTable Make(string name) => Table(new NodeNumbers(1), name);
        InodeTable one = Make("a"), same = Make("a"), other = Make("b"), alone = new([], _ => { });
        static ulong[] Inos(InodeTable table) => [table.Root.Ino, table.GetDirectory(table.Root, "x"u8).Ino, table.LookUp(table.Root, "f"u8, Version(1), "").Ino];
        Assert.That(Inos(one), Is.EqualTo(Inos(same)));
        Assert.That(Inos(one).Concat(Inos(other)).Concat(Inos(alone)), Is.Unique);
        Assert.That((one.Root.ParentIno, one.GetDirectory(one.Root, "x"u8).ParentIno), Is.EqualTo((PathHash.RootIno, one.Root.Ino)));
        // As in a mount that has it as a directory.
        Assert.That(one.Root.Ino, Is.EqualTo(alone.GetDirectory(alone.Root, "a"u8).Ino));
    }

    private static InodeTable Table(NodeNumbers numbers, string name) => new([], _ => { }, numbers, Encoding.UTF8.GetBytes(name));

    private static InodeTable Again(InodeTable table, NodeNumbers numbers, string name)
    {
        using var saved = new MemoryStream();
        InodeState.Write(table, saved);
        saved.Position = 0;
        return InodeState.Read(saved, [], _ => { }, numbers, Encoding.UTF8.GetBytes(name));
    }

    private static byte[] Name(int i) => Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"d{i}"));

    private static ObjectVersion Version(int i) => new(ETag.Parse($"\"{i}\""), i, i);
}
