using System.Text;
using S3Mount.FileSystem.Inodes;
using S3Mount.FileSystem.Listing;
using S3Mount.FileSystem.Tests.Listing;
using S3Mount.Fuse;
using S3Mount.ObjectStore;

namespace S3Mount.FileSystem.Tests.Inodes;

public sealed class InodeTableTests
{
    private readonly List<NodeId> _forgotten = [];
    private readonly InodeTable _table;

    public InodeTableTests() => _table = new InodeTable("root/"u8.ToArray(), _forgotten.Add);

    [Test]
    public void The_root_is_there_from_the_beginning_and_is_never_forgotten()
    {
        Assert.That(_table.FindDirectory(NodeId.Root), Is.SameAs(_table.Root));
        _table.Forget(NodeId.Root, 1000);
        Assert.That(_table.FindDirectory(NodeId.Root), Is.SameAs(_table.Root));
        Assert.That((_table.Root.Ino, _table.Root.Prefix), Is.EqualTo((1UL, "root/"u8.ToArray())));
    }

    [Test]
    public void The_same_version_keeps_its_node_id_and_counts_each_lookup()
    {
        FileInode first = File("a", Pages.Version(1));
        FileInode second = File("a", Pages.Version(1));
        Assert.That((second, LookupsOf(second)), Is.EqualTo((first, 2u)));
        Assert.That(Find(first.Id), Is.EqualTo(first));
    }

    [Test]
    public void Another_version_is_another_inode_under_the_same_number()
    {
        FileInode old = File("a", Pages.Version(1));
        FileInode changed = File("a", Pages.Version(2));
        FileInode grown = File("a", Pages.Version(2, size: 11));
        Assert.That((ulong[])[old.Id.Value, changed.Id.Value, grown.Id.Value], Is.Unique);
        Assert.That((changed.Ino, grown.Ino), Is.EqualTo((old.Ino, old.Ino)));
        Assert.That(Find(old.Id), Is.EqualTo(old), "the old version lives until it is forgotten");
    }

    [Test]
    public void The_same_bytes_written_again_keep_the_inode_and_move_its_time()
    {
        FileInode file = File("a", Pages.Version(1, lastModified: 100));
        Assert.That(File("a", Pages.Version(1, lastModified: 200)), Is.EqualTo(file));
        Assert.That(file.Version.LastModified, Is.EqualTo(200));
    }

    [Test]
    public void Without_an_etag_another_time_is_another_version()
    {
        FileInode old = File("a", new ObjectVersion(default, 10, 100));
        Assert.That(File("a", new ObjectVersion(default, 10, 100)), Is.EqualTo(old));
        Assert.That(File("a", new ObjectVersion(default, 10, 101)), Is.Not.EqualTo(old));
    }

    [Test]
    public void A_file_lives_until_every_lookup_is_forgotten()
    {
        FileInode file = File("a", Pages.Version(1));
        File("a", Pages.Version(1));
        File("a", Pages.Version(1));
        _table.Forget(file.Id, 2);
        Assert.That((Find(file.Id), _forgotten.Count), Is.EqualTo(((FileInode?)file, 0)));
        _table.Forget(file.Id, 1);
        Assert.That(Find(file.Id), Is.Null);
        Assert.That(_forgotten, Is.EqualTo([file.Id]));
        FileInode again = File("a", Pages.Version(1));
        Assert.That(again.Id, Is.Not.EqualTo(file.Id));
    }

    [Test]
    public void Forgetting_an_old_version_leaves_the_new_one_under_its_name()
    {
        FileInode old = File("a", Pages.Version(1));
        FileInode current = File("a", Pages.Version(2));
        _table.Forget(old.Id, 1);
        Assert.That(File("a", Pages.Version(2)), Is.EqualTo(current));
    }

    [Test]
    public void To_forget_more_than_was_looked_up_is_an_error_and_changes_nothing()
    {
        FileInode file = File("a", Pages.Version(1));
        Assert.That(() => _table.Forget(file.Id, 2), Throws.InvalidOperationException);
        Assert.That((Find(file.Id), LookupsOf(file)), Is.EqualTo(((FileInode?)file, 1u)));
    }

    [Test]
    public void A_directory_keeps_its_node_id_through_forgets_and_through_a_file_of_its_name()
    {
        DirectoryInode directory = Directory("a");
        _table.Forget(directory.Id, 1);
        Assert.That(_table.FindDirectory(directory.Id), Is.SameAs(directory));
        FileInode file = File("a", Pages.Version(1));
        Assert.That(file.Id, Is.Not.EqualTo(directory.Id));
        Assert.That(Directory("a"), Is.SameAs(directory));
        Assert.That(File("a", Pages.Version(1)), Is.EqualTo(file));
    }

    [Test]
    public void A_child_knows_its_key()
    {
        DirectoryInode directory = Directory("a b");
        Assert.That(directory.Prefix, Is.EqualTo("root/a b/"u8.ToArray()));
        FileInode file = _table.LookUp(directory, "x"u8, Pages.Version(1), "");
        Assert.That(file.Key, Is.EqualTo(new ObjectKey("root/a b/x")));
    }

    [Test]
    public void The_prefix_of_the_mount_is_no_part_of_a_path()
    {
        var other = new InodeTable([], _ => { });
        FileInode file = File("a", Pages.Version(1));
        Assert.That(other.LookUp(other.Root, "a"u8, Pages.Version(1), "").Ino, Is.EqualTo(file.Ino));
    }

    [Test, CancelAfter(60_000)]
    public async Task Lookups_and_forgets_from_all_sides_balance(CancellationToken cancellationToken)
    {
        var start = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);

        async Task WorkAsync(int seed)
        {
            var random = new Random(seed);
            await start.Task.WaitAsync(cancellationToken);
            for (int i = 0; i < 5000; i++)
            {
                FileInode inode = File("shared", Pages.Version(random.Next(2)));
                if (Find(inode.Id) != inode)
                    throw new InvalidOperationException("an inode that was just looked up is gone");
                _table.Forget(inode.Id, 1);
            }
        }

        Task[] workers = [.. Enumerable.Range(0, 4).Select(seed => Task.Run(() => WorkAsync(seed), cancellationToken))];
        start.SetResult();
        await Task.WhenAll(workers);
        Assert.That((_table.DirectoryCount, _table.FileCount), Is.EqualTo((1, 0)));
    }

    [Test]
    public void Slabs_that_have_come_and_gone_take_no_place()
    {
        var known = new KnownSlabs();
        EntrySlab early = Slab(3), late = Slab(EntrySlab.Numbers - 1);
        long before = GC.GetAllocatedBytesForCurrentThread();
        known.Add(late);
        known.Add(early);
        Assert.That(GC.GetAllocatedBytesForCurrentThread() - before, Is.LessThan(1000));
        foreach (EntrySlab slab in (EntrySlab[])[early, late])
        {
            var entry = new EntryRef(slab, 0);
            Assert.That((known.TryFind(entry.Slot, out EntryRef found), found), Is.EqualTo((true, entry)));
        }
        Assert.That(known.TryFind(new EntryRef(Slab(4), 0).Slot, out _), Is.False);
        known.Remove(early);
        Assert.That((known.Contains(3), known.Contains(late.Number)), Is.EqualTo((false, true)));

        static EntrySlab Slab(int number)
        {
            var slab = new EntrySlab(number);
            slab.AddFile("name"u8, Pages.Version(1), 0);
            return slab;
        }
    }

    [Test]
    public void Files_known_out_of_order_are_found_and_forgotten()
    {
        // Seven slabs, each known and forgotten for itself.
        EntryRef[] files = [.. Enumerable.Range(0, 7 * EntrySlab.Capacity).Select(i => Append($"f{i:d4}"))];
        var random = new Random(1);
        random.Shuffle(files);
        foreach (EntryRef file in files)
            _table.LookUp(_table.Root, file);
        Assert.That(files.All(file => Find(_table.Root.IdOf(file)) is { } found && found.Entry == file), Is.True);
        random.Shuffle(files);
        foreach (EntryRef file in files.Take(1000))
            _table.Forget(_table.Root.IdOf(file), 1);
        Assert.That(files.Select(file => Find(_table.Root.IdOf(file)) is not null), Is.EqualTo(Enumerable.Range(0, files.Length).Select(i => i >= 1000)));
        foreach (EntryRef file in files.Skip(1000))
            _table.Forget(_table.Root.IdOf(file), 1);
        Assert.That((_table.FileCount, _table.Root.HasChildren()), Is.EqualTo((0, false)));
    }

    [Test]
    public void What_neither_a_listing_nor_the_kernel_needs_is_given_back()
    {
        WeakReference<EntrySlab> slab = ListTwice();
        GC.Collect();
        GC.WaitForPendingFinalizers();
        GC.Collect();
        Assert.That(slab.TryGetTarget(out _), Is.False);
        Assert.That(Append("next").Slab.Number, Is.EqualTo(2), "slots are not used again");

        [System.Runtime.CompilerServices.MethodImpl(System.Runtime.CompilerServices.MethodImplOptions.NoInlining)]
        WeakReference<EntrySlab> ListTwice()
        {
            DirectoryListing first = Listings.Build(_table.Root, 1, MountClock.Forever, Pages.Of("root/a", "root/b"));
            var second = new DirectoryListing(_table.Root, 2, MountClock.Forever);
            var builder = new ListingBuilder(second, first);
            builder.Add(Pages.Of("root/a", "root/b", "root/c"));
            builder.Complete(0);
            FileInode file = _table.LookUp(_table.Root, second[0]);
            _table.Forget(file.Id, 1);
            Assert.That(second[2].Slab.Number, Is.EqualTo(1));
            return new(second[2].Slab);
        }
    }

    private EntryRef Append(string name)
    {
        lock (_table.Root.Gate)
            return _table.Root.AppendFile(Encoding.UTF8.GetBytes(name), Pages.Version(1), 0);
    }

    private static uint LookupsOf(FileInode file) => file.Entry.Slab[file.Entry.Index].Lookups;

    private FileInode? Find(NodeId id) => _table.TryFindFile(id, out FileInode file) ? file : null;

    private FileInode File(string name, ObjectVersion version) => _table.LookUp(_table.Root, Encoding.UTF8.GetBytes(name), version, "STANDARD");

    private DirectoryInode Directory(string name) => _table.GetDirectory(_table.Root, Encoding.UTF8.GetBytes(name));
}
