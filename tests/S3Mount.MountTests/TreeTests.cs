using System.Text.Json;
using S3Mount.MountTests.Mounting;
using S3Mount.MountTests.Stores;
using S3Mount.Testing;
using S3Mount.Testing.Processes;

namespace S3Mount.MountTests;

/// <summary>A tree with awkward names in radosgw, seen through the programs that people use.</summary>
[Category("mount")]
[CancelAfter(180_000)]
public sealed class TreeTests : MountTest
{
    private static readonly JsonSerializerOptions _json = new(JsonSerializerDefaults.Web);

    private TestBucket _bucket = null!;
    private IReadOnlyDictionary<string, ListedObject> _listed = null!;

    [OneTimeSetUp]
    public async Task Fill_the_bucket()
    {
        _bucket = await ObjectStores.CreateBucketAsync("tree");
        string[] keys = [.. AwkwardTree.Files, .. AwkwardTree.Hidden];
        var objects = keys.ToDictionary(key => key, AwkwardTree.ContentOf);
        foreach (string marker in AwkwardTree.Markers)
            objects[marker] = [];
        using var directory = new TempDirectory();
        string file = directory.Write("objects.json", JsonSerializer.Serialize(objects));
        ChildResult put = await ChildProcess.RunAsync(
            "/usr/bin/python3",
            [Path.Combine(AppContext.BaseDirectory, "clients/put_objects.py"), _bucket.Store.Url, _bucket.Name, file],
            new ChildProcessOptions { Environment = _bucket.Store.Environment });
        _listed = JsonSerializer.Deserialize<Dictionary<string, ListedObject>>(put.EnsureSuccess().Output, _json)!;
        Assert.That(_listed.Keys, Is.EquivalentTo(objects.Keys), "the store does not hold what the tests are about");
    }

    [OneTimeTearDown]
    public void Let_go_of_the_bucket() => _bucket?.Dispose();

    [Test]
    public async Task Find_shows_every_key_that_a_path_can_name_and_nothing_else()
    {
        MountedBucket mount = await MountAsync(_bucket);
        ChildResult files = await Client.ShellAsync("cd $1 && find . -mindepth 1 -type f -printf '%P\\0'", mount.Path);
        ChildResult directories = await Client.ShellAsync("cd $1 && find . -mindepth 1 -type d -printf '%P\\0'", mount.Path);
        ChildResult others = await Client.ShellAsync("cd $1 && find . ! -type f ! -type d", mount.Path);
        Assert.That(Split(files), Is.EquivalentTo(AwkwardTree.Files));
        Assert.That(Split(directories), Is.EquivalentTo(AwkwardTree.Directories));
        Assert.That(others.Output, Is.Empty);
        Assert.That(files.Error + directories.Error, Is.Empty);
    }

    [Test]
    public async Task Every_file_holds_what_was_uploaded()
    {
        MountedBucket mount = await MountAsync(_bucket);
        ChildResult sums = await Client.ShellAsync("cd $1 && find . -type f -printf '%P\\0' | xargs -0 sha256sum -z --", mount.Path);
        AssertDigests(sums);
    }

    [Test]
    public async Task A_file_is_found_by_its_name_alone()
    {
        MountedBucket mount = await MountAsync(_bucket);
        using TempDirectory local = NewDirectory();
        // Backwards, so that no directory was listed before its files are asked for.
        string names = local.Write("names", string.Concat(AwkwardTree.Files.Reverse().Select(file => file + '\0')));
        ChildResult sums = await Client.ShellAsync("cd $1 && xargs -0 sha256sum -z -- < $2", mount.Path, names);
        AssertDigests(sums);
    }

    [Test]
    public async Task Ls_lists_the_tree_without_a_complaint()
    {
        MountedBucket mount = await MountAsync(_bucket);
        ChildResult listing = await Client.ShellAsync("ls -lAR $1", mount.Path);
        Assert.That(listing.Error, Is.Empty);
        // ls shows control characters as ? only on a terminal: names with a newline take two lines.
        Assert.That(listing.OutputLines.Count(line => line.StartsWith("-r--r--r-- 1 root root", StringComparison.Ordinal)), Is.EqualTo(AwkwardTree.Files.Length));
        Assert.That(listing.OutputLines.Count(line => line.StartsWith("dr-xr-xr-x 2 root root", StringComparison.Ordinal)), Is.EqualTo(AwkwardTree.Directories.Count));
    }

    [Test]
    public async Task Cp_makes_a_true_copy()
    {
        MountedBucket mount = await MountAsync(_bucket);
        using TempDirectory local = NewDirectory();
        ChildResult copy = await Client.ShellAsync("cp -r --preserve=timestamps $1 $2/copy && chmod -R u+w $2/copy", mount.Path, local.Path);
        Assert.That(copy.Error, Is.Empty);
        AssertDigests(await Client.ShellAsync("cd $1/copy && find . -type f -printf '%P\\0' | xargs -0 sha256sum -z --", local.Path));
    }

    [TestCase("60s", "1000")]
    // A second's rest after each 20 KiB: every directory's listing expires while tar is in it.
    [TestCase("1s", "2")]
    [TestCase("0", "1000")]
    public async Task Tar_archives_the_tree_and_sees_no_file_change(string ttl, string checkpoint)
    {
        MountedBucket mount = await MountAsync(_bucket, "--metadata-ttl", ttl);
        using TempDirectory local = NewDirectory();
        ChildResult archive = await Client.ShellAsync("tar -C $1 --checkpoint=$3 --checkpoint-action=sleep=1 -cf $2/tree.tar .", mount.Path, local.Path, checkpoint);
        Assert.That(archive.Error, Is.Empty);
        ChildResult unpacked = await Client.ShellAsync(
            "mkdir $1/tree && tar -C $1/tree --delay-directory-restore -xf $1/tree.tar && chmod -R u+w $1/tree && cd $1/tree && find . -type f -printf '%P\\0' | xargs -0 sha256sum -z --", local.Path);
        AssertDigests(unpacked);
    }

    [Test]
    public async Task Stat_shows_size_times_owner_and_modes()
    {
        MountedBucket mount = await MountAsync(_bucket);
        Dictionary<string, Entry> entries = await WalkAsync(mount);
        Assert.That(entries.Keys.Where(path => path.Length > 0), Is.EquivalentTo(AwkwardTree.Files.Concat(AwkwardTree.Directories)));
        using (Assert.EnterMultipleScope())
        {
            foreach ((string path, Entry entry) in entries)
            {
                Assert.That((entry.Uid, entry.Gid), Is.EqualTo((0, 0)), path);
                Assert.That((entry.Mode, entry.Links), Is.EqualTo(entry.Directory ? (0x16D, 2) : (0x124, 1)), path); // 0555, 0444
                if (entry.Directory)
                    continue;
                long size = AwkwardTree.ContentOf(path).Length;
                long modified = _listed[path].Modified * 1_000_000_000;
                Assert.That((entry.Size, entry.Blocks), Is.EqualTo((size, (size + 511) / 512)), path);
                Assert.That((entry.Mtime, entry.Ctime, entry.Atime), Is.EqualTo((modified, modified, modified)), path);
            }
            Assert.That(entries.Values.Select(entry => entry.Ino), Is.Unique);
        }
    }

    [Test]
    public async Task A_path_has_the_same_inode_number_in_every_mount()
    {
        Dictionary<string, Entry> first = await WalkAsync(await MountAsync(_bucket));
        Dictionary<string, Entry> second = await WalkAsync(await MountAsync(_bucket));
        Assert.That(second.ToDictionary(entry => entry.Key, entry => entry.Value.Ino), Is.EqualTo(first.ToDictionary(entry => entry.Key, entry => entry.Value.Ino)));
    }

    [Test]
    public async Task Extended_attributes_tell_key_etag_and_storage_class()
    {
        MountedBucket mount = await MountAsync(_bucket);
        foreach (string path in (string[])["plain.txt", "space dir/with space.txt", "new\nline/in\nname.txt", "ünïcödé/日本語/😀𝒳.txt"])
        {
            ChildResult names = await Client.ShellAsync("cd $1 && getfattr -m - -- \"$2\"", mount.Path, path);
            Assert.That(names.OutputLines[1..], Is.EquivalentTo((string[])["user.s3.etag", "user.s3.key", "user.s3.storage-class"]), path);
            ChildResult values = await Client.ShellAsync(
                "cd $1 && for name in key etag storage-class; do getfattr --only-values -n user.s3.$name -- \"$2\"; printf '\\0'; done", mount.Path, path);
            Assert.That(Split(values), Is.EqualTo((string[])[path, _listed[path].ETag, "STANDARD"]));
        }
        ChildResult none = await Client.TryShellAsync("getfattr -n user.none $1/plain.txt", mount.Path);
        Assert.That(none.Error, Does.Contain("No such attribute"));
    }

    [Test]
    public async Task What_does_not_exist_is_not_there()
    {
        MountedBucket mount = await MountAsync(_bucket);
        string[] missing = ["missing", "missing/file", "plain.tx", "plain.txt.", "space dir/missing", "space", "marker/file", "deep/1/2/3/x", "Plain.txt", "normal/e.txt", "order/a-/x"];
        await AssertErrorsAsync([
            .. missing.Select(path => ("stat", new[] { mount[path] }, path == "order/a-/x" ? "ENOTDIR" : "ENOENT")),
            ("stat", [mount["plain.txt/x"]], "ENOTDIR"),
            ("stat", [mount["long/" + new string('y', 256)]], "ENAMETOOLONG"),
            ("stat", [mount["shadow"]], "OK"),
            ("read", [mount["shadow"]], "EISDIR"),
            ("listdir", [mount["plain.txt"]], "ENOTDIR"),
            ("readlink", [mount["plain.txt"]], "EINVAL"),
            // Asked for twice: the second answer is the kernel's.
            ("stat", [mount["missing"]], "ENOENT"),
        ]);
    }

    [Test]
    public async Task Every_change_is_refused_as_on_a_read_only_file_system()
    {
        MountedBucket mount = await MountAsync(_bucket);
        string file = mount["plain.txt"];
        string directory = mount["space dir"];
        string[] onFile = ["open-write", "open-append", "open-truncate", "chmod", "chown", "utime", "truncate", "unlink", "setxattr", "removexattr"];
        string[] onNew = ["create", "mkdir", "mkfifo", "symlink"];
        await AssertErrorsAsync([
            .. onFile.Select(operation => (operation, new[] { file }, "EROFS")),
            .. onNew.Select(operation => (operation, new[] { mount["new"] }, "EROFS")),
            .. onNew.Select(operation => (operation, new[] { directory + "/new" }, "EROFS")),
            ("rmdir", [directory], "EROFS"),
            ("tmpfile", [directory], "EROFS"),
            ("rename", [file, mount["renamed"]], "EROFS"),
            ("link", [file, mount["linked"]], "EROFS"),
            ("chmod", [directory], "EROFS"),
            ("access-read", [file], "OK"),
            ("access-write", [file], "EACCES"),
        ]);
        ChildResult shell = await Client.TryShellAsync("cd $1; touch plain.txt; touch new; mkdir d; rm -f plain.txt; mv plain.txt x; cp plain.txt y; echo >plain.txt; truncate -s0 plain.txt", mount.Path);
        Assert.That(shell.Error.Split('\n', StringSplitOptions.RemoveEmptyEntries), Has.Length.EqualTo(8).And.All.Contains("Read-only file system"));
        Assert.That((await Client.ShellAsync("cat $1", file)).OutputBytes.ToArray(), Is.EqualTo(AwkwardTree.ContentOf("plain.txt")));
    }

    [Test]
    public async Task Df_and_mount_show_what_is_mounted()
    {
        MountedBucket mount = await MountAsync(_bucket);
        ChildResult df = await Client.ShellAsync("df --output=source,fstype,pcent,target $1 | tail -1", mount.Path);
        Assert.That(df.Output.Split(' ', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries), Is.EqualTo((string[])["s3mount#tree", "fuse.s3mount", "0%", mount.Path]));
        Assert.That(MountedPaths.OptionsOf(mount.Path).Split(','), Is.SupersetOf((string[])["ro", "nosuid", "nodev", "default_permissions", "user_id=0", "group_id=0"]));
    }

    [Test]
    public async Task Eight_walks_at_once_see_the_same_tree()
    {
        MountedBucket mount = await MountAsync(_bucket, "--metadata-ttl", "1s");
        ChildResult[] walks = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ =>
            Client.ShellAsync("cd $1 && for i in 1 2 3 4 5; do find . -mindepth 1 -printf '%P\\0'; done", mount.Path)));
        string[] expected = [.. AwkwardTree.Files, .. AwkwardTree.Directories];
        foreach (ChildResult walk in walks)
            Assert.That(Split(walk), Is.EquivalentTo(Enumerable.Repeat(expected, 5).SelectMany(names => names)));
    }

    private static async Task AssertErrorsAsync((string Operation, string[] Arguments, string Expected)[] cases)
    {
        string input = string.Concat(cases.Select(one => JsonSerializer.Serialize((string[])[one.Operation, .. one.Arguments]) + "\n"));
        ChildResult result = await Client.PythonWithInputAsync(input, "refusals.py");
        string[] lines = [.. result.OutputLines.Zip(cases, (line, one) => $"{one.Operation} {string.Join(' ', one.Arguments)}: {line}")];
        Assert.That(lines, Is.EqualTo(cases.Select(one => $"{one.Operation} {string.Join(' ', one.Arguments)}: {one.Expected}")));
    }

    private static async Task<Dictionary<string, Entry>> WalkAsync(MountedBucket mount) =>
        JsonSerializer.Deserialize<Dictionary<string, Entry>>((await Client.PythonAsync("walk.py", mount.Path)).Output, _json)!;

    // What sha256sum -z prints: 64 digits, two spaces, the name, NUL.
    private static void AssertDigests(ChildResult sums)
    {
        var seen = Split(sums).ToDictionary(line => line[66..], line => line[..64], StringComparer.Ordinal);
        var expected = AwkwardTree.Files.ToDictionary(file => file, file => Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(AwkwardTree.ContentOf(file))));
        Assert.That(seen, Is.EquivalentTo(expected));
    }

    private static string[] Split(ChildResult result) => result.Output.Split('\0', StringSplitOptions.RemoveEmptyEntries);

    private sealed record ListedObject(string ETag, long Modified);

    private sealed record Entry(bool Directory, int Mode, long Size, long Blocks, int Links, int Uid, int Gid, long Atime, long Mtime, long Ctime, ulong Ino);
}
