using System.Text;
using S3Mount.FileSystem.Inodes;
using S3Mount.FileSystem.Listing;
using S3Mount.FileSystem.Tests.Listing;
using S3Mount.Fuse;
using S3Mount.ObjectStore;

namespace S3Mount.FileSystem.Tests.Inodes;

public sealed class InodeTableTests
{
    private readonly List<FileInode> _forgotten = [];
    private readonly InodeTable _table;

    public InodeTableTests() => _table = new InodeTable("root/"u8.ToArray(), _forgotten.Add);

    [Test]
    public void The_root_is_there_from_the_beginning_and_is_never_forgotten()
    {
        Assert.That(_table.Find(NodeId.Root), Is.SameAs(_table.Root));
        _table.Forget(NodeId.Root, 1000);
        Assert.That(_table.Find(NodeId.Root), Is.SameAs(_table.Root));
        Assert.That((_table.Root.Ino, _table.Root.Prefix), Is.EqualTo((1UL, "root/"u8.ToArray())));
    }

    [Test]
    public void The_same_version_keeps_its_node_id_and_counts_each_lookup()
    {
        Inode first = File("a", Pages.Version(1));
        Inode second = File("a", Pages.Version(1));
        Assert.That((second, second.Lookups.Value), Is.EqualTo((first, 2UL)));
        Assert.That(_table.Find(first.Id), Is.SameAs(first));
    }

    [Test]
    public void Another_version_is_another_inode_under_the_same_number()
    {
        Inode old = File("a", Pages.Version(1));
        Inode changed = File("a", Pages.Version(2));
        Inode grown = File("a", Pages.Version(2, size: 11));
        Assert.That((ulong[])[old.Id.Value, changed.Id.Value, grown.Id.Value], Is.Unique);
        Assert.That((changed.Ino, grown.Ino), Is.EqualTo((old.Ino, old.Ino)));
        Assert.That(_table.Find(old.Id), Is.SameAs(old), "the old version lives until it is forgotten");
    }

    [Test]
    public void The_same_bytes_written_again_keep_the_inode_and_move_its_time()
    {
        var file = (FileInode)File("a", Pages.Version(1, lastModified: 100));
        Assert.That(File("a", Pages.Version(1, lastModified: 200)), Is.SameAs(file));
        Assert.That(file.Version.LastModified, Is.EqualTo(200));
    }

    [Test]
    public void Without_an_etag_another_time_is_another_version()
    {
        Inode old = File("a", new ObjectVersion(default, 10, 100));
        Assert.That(File("a", new ObjectVersion(default, 10, 100)), Is.SameAs(old));
        Assert.That(File("a", new ObjectVersion(default, 10, 101)), Is.Not.SameAs(old));
    }

    [Test]
    public void A_file_lives_until_every_lookup_is_forgotten()
    {
        Inode file = File("a", Pages.Version(1));
        File("a", Pages.Version(1));
        File("a", Pages.Version(1));
        _table.Forget(file.Id, 2);
        Assert.That((_table.Find(file.Id), _forgotten.Count), Is.EqualTo((file, 0)));
        _table.Forget(file.Id, 1);
        Assert.That(_table.Find(file.Id), Is.Null);
        Assert.That(_forgotten, Is.EqualTo([file]));
        Inode again = File("a", Pages.Version(1));
        Assert.That(again.Id, Is.Not.EqualTo(file.Id));
    }

    [Test]
    public void Forgetting_an_old_version_leaves_the_new_one_under_its_name()
    {
        Inode old = File("a", Pages.Version(1));
        Inode current = File("a", Pages.Version(2));
        _table.Forget(old.Id, 1);
        Assert.That(File("a", Pages.Version(2)), Is.SameAs(current));
    }

    [Test]
    public void To_forget_more_than_was_looked_up_is_an_error_and_changes_nothing()
    {
        Inode file = File("a", Pages.Version(1));
        Assert.That(() => _table.Forget(file.Id, 2), Throws.InvalidOperationException);
        Assert.That((_table.Find(file.Id), file.Lookups.Value), Is.EqualTo((file, 1UL)));
    }

    [Test]
    public void A_directory_keeps_its_node_id_through_forgets_and_through_a_file_of_its_name()
    {
        Inode directory = Directory("a");
        _table.Forget(directory.Id, 1);
        Assert.That(_table.Find(directory.Id), Is.SameAs(directory));
        Inode file = File("a", Pages.Version(1));
        Assert.That(file, Is.Not.SameAs(directory));
        Assert.That(Directory("a"), Is.SameAs(directory));
        Assert.That(File("a", Pages.Version(1)), Is.SameAs(file));
    }

    [Test]
    public void A_child_knows_its_key()
    {
        var directory = (DirectoryInode)Directory("a b");
        Assert.That(directory.Prefix, Is.EqualTo("root/a b/"u8.ToArray()));
        var file = (FileInode)_table.LookUp(directory, "x"u8, DirectoryEntry.File(Pages.Version(1), ""));
        Assert.That(file.Key, Is.EqualTo(new ObjectKey("root/a b/x")));
    }

    [Test]
    public void The_prefix_of_the_mount_is_no_part_of_a_path()
    {
        var other = new InodeTable([], _ => { });
        Inode file = File("a", Pages.Version(1));
        Assert.That(other.LookUp(other.Root, "a"u8, DirectoryEntry.File(Pages.Version(1), "")).Ino, Is.EqualTo(file.Ino));
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
                Inode inode = File("shared", Pages.Version(random.Next(2)));
                if (_table.Find(inode.Id) != inode)
                    throw new InvalidOperationException("an inode that was just looked up is gone");
                _table.Forget(inode.Id, 1);
            }
        }

        Task[] workers = [.. Enumerable.Range(0, 4).Select(seed => Task.Run(() => WorkAsync(seed), cancellationToken))];
        start.SetResult();
        await Task.WhenAll(workers);
        Assert.That((_table.Count, _table.Files.Count()), Is.EqualTo((1, 0)));
    }

    private Inode File(string name, ObjectVersion version) =>
        _table.LookUp(_table.Root, Encoding.UTF8.GetBytes(name), DirectoryEntry.File(version, "STANDARD"));

    private Inode Directory(string name) => _table.LookUp(_table.Root, Encoding.UTF8.GetBytes(name), DirectoryEntry.Directory);
}
