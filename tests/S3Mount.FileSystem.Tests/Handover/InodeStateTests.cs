using System.Globalization;
using System.Text;
using S3Mount.FileSystem.Handover;
using S3Mount.FileSystem.Inodes;
using S3Mount.Fuse;
using S3Mount.ObjectStore;

namespace S3Mount.FileSystem.Tests.Handover;

public sealed class InodeStateTests
{
    private static readonly byte[] _prefix = "data/"u8.ToArray();

    [Test]
    public void Whatever_the_kernel_holds_stands_for_the_same_and_what_is_new_for_nothing_old([Range(1, 8)] int seed)
    {
        var random = new Random(seed);
        var table = new InodeTable(_prefix, _ => { });
        // For how many lookups each node id stands, and for what.
        var held = new Dictionary<NodeId, (string Key, ObjectVersion Version, string Class, long Count)>();
        var everUsed = new HashSet<NodeId>();
        for (int process = 0; process < 4; process++)
        {
            for (int step = 0; step < 3000; step++)
                Change(random, table, held, everUsed);
            table = Next(table);
            Assert.That(table.FileCount, Is.EqualTo(held.Count));
            foreach ((NodeId id, (string key, ObjectVersion version, string storageClass, long count)) in held)
            {
                Assert.That(table.TryFindFile(id, out FileInode file), key);
                Assert.That((file.Key.ToString(), file.Version, file.StorageClass, file.Entry.Slab[file.Entry.Index].Lookups), Is.EqualTo((key, version, storageClass, (uint)count)));
            }
            foreach (DirectoryInode directory in table.Directories())
                Assert.That(directory.KnownFiles().Select(file => held[directory.IdOf(file)].Key).Distinct().Count(), Is.EqualTo(directory.KnownFiles().Length), "a name stands for one version");
        }
        foreach ((NodeId id, (_, _, _, long count)) in held)
            table.Forget(id, (ulong)count);
        Assert.That(table.FileCount, Is.Zero);
    }

    [Test]
    public void A_name_stands_for_its_newest_version_and_a_doubtful_one_stays_doubtful()
    {
        var table = new InodeTable(_prefix, _ => { });
        FileInode old = table.LookUp(table.Root, "a"u8, Version(1), ""), current = table.LookUp(table.Root, "a"u8, Version(2), "GLACIER");
        lock (table.Root.Gate)
        {
            EntryRef entry = old.Entry;
            entry.IsDoubtful = true;
        }
        table = Next(table);
        Assert.That(table.LookUp(table.Root, "a"u8, Version(2), "GLACIER").Id, Is.EqualTo(current.Id), "known under its name");
        Assert.That((table.TryFindFile(old.Id, out FileInode found), found.Entry.IsDoubtful), Is.EqualTo((true, true)));
        Assert.That((table.TryFindFile(current.Id, out found), found.Entry.IsDoubtful, found.StorageClass), Is.EqualTo((true, false, "GLACIER")));
        FileInode third = table.LookUp(table.Root, "a"u8, Version(3), "");
        Assert.That(third.Id, Is.Not.EqualTo(old.Id).And.Not.EqualTo(current.Id));
    }

    [Test]
    public void After_a_crash_no_old_id_is_found_and_no_new_one_is_an_old_one()
    {
        int reserved = 0;
        var table = new InodeTable(_prefix, _ => { }, new NodeNumbers(0, bound => reserved = bound));
        var old = new List<NodeId>();
        for (int i = 0; i < 10; i++)
            old.Add(table.LookUp(table.Root, Name(i), Version(i), "").Id);
        for (int i = 0; i < 10; i++)
        {
            DirectoryInode directory = table.GetDirectory(table.Root, Name(i));
            old.Add(directory.Id);
            old.Add(table.LookUp(directory, "f"u8, Version(i), "").Id);
        }
        Assert.That(table.Directories().Select(directory => directory.Number), Has.All.LessThan(reserved));
        var next = new InodeTable(_prefix, _ => { }, new NodeNumbers(reserved, bound => reserved = bound));
        foreach (NodeId id in old)
        {
            Assert.That((next.FindDirectory(id), next.TryFindFile(id, out _)), Is.EqualTo(((DirectoryInode?)null, false)));
            Assert.That(() => next.Forget(id, 1), Throws.Nothing);
        }
        Assert.That(next.FindDirectory(NodeId.Root), Is.SameAs(next.Root));
        DirectoryInode fresh = next.GetDirectory(next.Root, "x"u8);
        FileInode inRoot = next.LookUp(next.Root, "other"u8, Version(1), "");
        Assert.That((ulong[])[fresh.Id.Value, inRoot.Id.Value, next.LookUp(fresh, "f"u8, Version(1), "").Id.Value], Has.None.Matches<ulong>(id => old.Contains(new NodeId(id))));
        Assert.That((next.TryFindFile(inRoot.Id, out FileInode found), found), Is.EqualTo((true, inRoot)));
        Assert.That(next.FindDirectory(new NodeId((ulong)next.Root.FilesNumber + 1)), Is.Null, "the number of the root's files is no directory's");
        Assert.That(next.FindDirectory(fresh.Id), Is.SameAs(fresh));
        Assert.That(reserved, Is.GreaterThan(fresh.Number));
        // And from there in order.
        InodeTable third = Next(next);
        Assert.That(third.FindDirectory(fresh.Id)!.Prefix, Is.EqualTo("data/x/"u8.ToArray()));
        Assert.That((third.TryFindFile(inRoot.Id, out found), found.Key.ToString()), Is.EqualTo((true, "data/other")));
    }

    [Test]
    public void A_crash_before_anything_was_looked_up_but_in_the_root_counts_too()
    {
        int reserved = 0;
        var ids = new HashSet<NodeId>();
        for (int process = 0; process < 5; process++)
        {
            var table = new InodeTable(_prefix, _ => { }, new NodeNumbers(reserved, bound => reserved = bound));
            Assert.That(ids.Add(table.LookUp(table.Root, Name(process), Version(1), "").Id), $"process {process}");
        }
    }

    [Test]
    public void What_is_of_another_prefix_or_version_or_cut_is_refused()
    {
        var table = new InodeTable(_prefix, _ => { });
        table.LookUp(table.GetDirectory(table.Root, "d"u8), "file"u8, Version(1), "");
        using var saved = new MemoryStream();
        InodeState.Write(table, saved);
        byte[] bytes = saved.ToArray();
        Assert.That(() => Read(bytes, "other/"u8.ToArray()), Throws.InstanceOf<InvalidDataException>().With.Message.Contains("prefix"));
        Assert.That(() => Read([1, .. bytes[1..]], _prefix), Throws.InstanceOf<InvalidDataException>().With.Message.Contains("version"));
        for (int length = 0; length < bytes.Length; length++)
            Assert.That(() => Read(bytes[..length], _prefix), Throws.InstanceOf<EndOfStreamException>().Or.InstanceOf<InvalidDataException>(), $"{length} bytes");
        Assert.That(Read(bytes, _prefix).FileCount, Is.EqualTo(1));
    }

    private static InodeTable Next(InodeTable table)
    {
        using var saved = new MemoryStream();
        InodeState.Write(table, saved);
        return Read(saved.ToArray(), _prefix);
    }

    private static InodeTable Read(byte[] bytes, byte[] prefix)
    {
        using var stream = new MemoryStream(bytes);
        return InodeState.Read(stream, prefix, _ => { }, new NodeNumbers());
    }

    private static void Change(Random random, InodeTable table, Dictionary<NodeId, (string Key, ObjectVersion Version, string Class, long Count)> held, HashSet<NodeId> everUsed)
    {
        if (random.Next(3) == 0 && held.Count > 0)
        {
            (NodeId id, (string heldKey, ObjectVersion heldVersion, string heldClass, long count)) = held.ElementAt(random.Next(held.Count));
            long given = random.NextInt64(1, count + 1);
            table.Forget(id, (ulong)given);
            if (given == count)
                held.Remove(id);
            else
                held[id] = (heldKey, heldVersion, heldClass, count - given);
            return;
        }
        DirectoryInode[] directories = table.Directories();
        DirectoryInode directory = directories[random.Next(directories.Length)];
        if (directories.Length < 30 && random.Next(20) == 0)
        {
            DirectoryInode created = table.GetDirectory(directory, Name(random.Next(1000)));
            Assert.That(table.FindDirectory(created.Id), Is.SameAs(created));
            return;
        }
        ObjectVersion version = Version(random.Next(3));
        string storageClass = random.Next(4) == 0 ? "STANDARD_IA" : "";
        FileInode file = table.LookUp(directory, Name(random.Next(2000)), version, storageClass);
        bool isHeld = held.TryGetValue(file.Id, out (string Key, ObjectVersion Version, string Class, long Count) before);
        Assert.That(everUsed.Add(file.Id) || isHeld, "an id that was forgotten is not used again");
        if (isHeld)
            Assert.That((before.Key, before.Version), Is.EqualTo((file.Key.ToString(), version)));
        held[file.Id] = (file.Key.ToString(), version, storageClass, before.Count + 1);
    }

    private static byte[] Name(int number) => Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"n\u00e4me {number}"));

    private static ObjectVersion Version(int number) => number switch
    {
        0 => new ObjectVersion(default, 5, 1_700_000_000),
        1 => new ObjectVersion(ETag.Parse("0123456789abcdef0123456789abcdef-12"), 1L << 40, 1_700_000_001),
        _ => new ObjectVersion(ETag.Parse($"tag of {number}"), number, 1_700_000_000 + number),
    };
}
