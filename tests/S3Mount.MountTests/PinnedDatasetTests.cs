using S3Mount.MountTests.Mounting;
using S3Mount.MountTests.Stores;
using S3Mount.Testing;
using S3Mount.Testing.Processes;

namespace S3Mount.MountTests;

/// <summary>Snapshots of a real store, and mounts of them.</summary>
[Category("mount")]
[CancelAfter(180_000)]
public sealed class PinnedDatasetTests : MountTest
{
    private TestBucket _bucket = null!;
    private string _snapshot = null!;

    [OneTimeSetUp]
    public async Task Create_the_bucket() => _bucket = await ObjectStores.CreateBucketAsync("pinned");

    [OneTimeTearDown]
    public void Let_go_of_the_bucket() => _bucket?.Dispose();

    [SetUp]
    public async Task Make_a_snapshot()
    {
        await _bucket.PutAsync(Enumerable.Range(0, 60).Select(i => ($"train/class{i % 4}/img {i:d2}.jpg", Ramp.Create(1000 + i, i))));
        await _bucket.PutAsync("train/empty/", "");
        await _bucket.PutAsync("validation/x", "outside");
        _snapshot = Path.Combine(NewDirectory().Path, "train.snap");
        ChildResult created = await SnapshotAsync("create", "pinned/train", _snapshot);
        Assert.That((created.ExitCode, created.Output), Is.EqualTo((0, created.Output)), created.Error);
        Assert.That(created.Output, Does.Contain("files: 60").And.Contain("digest: sha256:"));
    }

    [TearDown]
    public async Task Empty_the_bucket()
    {
        foreach (string key in _bucket.Digests.Keys.ToArray())
            await _bucket.DeleteAsync(key);
    }

    [Test]
    public async Task The_mount_shows_the_dataset_as_it_was_and_lists_nothing()
    {
        MountedBucket mount = await MountAsync(Setup());
        string before = await TreeAsync(mount);
        Assert.That(before.Split('\n', StringSplitOptions.RemoveEmptyEntries), Has.Length.EqualTo(60 + 6));
        await _bucket.PutAsync("train/class0/new.jpg", "new");
        await _bucket.PutAsync("train/class9/new.jpg", "new");
        await _bucket.DeleteAsync("train/class1/img 01.jpg");
        Assert.That(await TreeAsync(mount), Is.EqualTo(before));
        ChildResult compared = await Client.ShellAsync("cat \"$1/class2/img 02.jpg\" | sha256sum", mount.Path);
        Assert.That(compared.Output, Does.StartWith(_bucket.Digests["train/class2/img 02.jpg"].Sha256).IgnoreCase);
        await mount.EndAsync();
        Assert.That(mount.Log, Does.Match("requests of the kernel, 2 to the store"), "one byte at the start, and one file");
    }

    [Test]
    public async Task An_object_that_was_overwritten_is_ESTALE_and_verify_tells_which()
    {
        MountedBucket mount = await MountAsync(Setup());
        await _bucket.PutAsync("train/class3/img 03.jpg", "overwritten");
        ChildResult read = await Client.ShellAsync("cat \"$1/class3/img 03.jpg\" 2>&1 || true", mount.Path);
        Assert.That(read.Output, Does.Contain("Stale file handle"));
        await Eventually.IsTrueAsync(() => mount.Log.Contains("'train/class3/img 03.jpg' is no longer what it was when the snapshot", StringComparison.Ordinal), TimeSpan.FromSeconds(10), "the log names it");
        ChildResult verified = await SnapshotAsync("verify", _snapshot);
        Assert.That(verified.ExitCode, Is.EqualTo(1));
        Assert.That(verified.Output, Does.Contain("class3/img 03.jpg"));
        await _bucket.PutAsync("train/class3/img 03.jpg", Ramp.Create(1003, 3));
        Assert.That((await SnapshotAsync("verify", _snapshot)).ExitCode, Is.Zero, "the same bytes are the same version");
    }

    [Test]
    public async Task A_snapshot_of_something_else_or_a_damaged_one_is_refused()
    {
        string mountpoint = NewDirectory().CreateDirectory("mnt");
        ChildResult other = await ProgramUnderTest.RunAsync(["pinned/validation", mountpoint, "--snapshot", _snapshot, "--endpoint-url", _bucket.Store.Url.ToString()], _bucket.Store);
        Assert.That((other.ExitCode, other.Error), Is.EqualTo((1, other.Error)));
        Assert.That(other.Error, Does.Contain("is a snapshot of s3://pinned/train/").And.Contain("not of s3://pinned/validation/"));
        byte[] bytes = await File.ReadAllBytesAsync(_snapshot);
        bytes[^100] ^= 1;
        await File.WriteAllBytesAsync(_snapshot, bytes);
        ChildResult damaged = await ProgramUnderTest.RunAsync(["pinned/train", mountpoint, "--snapshot", _snapshot, "--endpoint-url", _bucket.Store.Url.ToString()], _bucket.Store);
        Assert.That(damaged.ExitCode, Is.EqualTo(1));
        Assert.That(damaged.Error, Does.Contain(_snapshot).And.Contain("damaged"));
        ChildResult both = await ProgramUnderTest.RunAsync(["pinned/train", mountpoint, "--snapshot", _snapshot, "--metadata-ttl", "1h", "--endpoint-url", _bucket.Store.Url.ToString()], _bucket.Store);
        Assert.That((both.ExitCode, both.Error), Is.EqualTo((2, both.Error)));
        Assert.That(both.Error, Does.Contain("leave out --metadata-ttl"));
    }

    private MountSetup Setup() => new() { Store = _bucket.Store, Target = "pinned/train", Arguments = ["--snapshot", _snapshot] };

    private Task<ChildResult> SnapshotAsync(params string[] arguments) => ProgramUnderTest.RunAsync(["snapshot", .. arguments, "--endpoint-url", _bucket.Store.Url.ToString()], _bucket.Store);

    private static async Task<string> TreeAsync(MountedBucket mount) => (await Client.ShellAsync("cd \"$1\" && find . -printf '%y %s %p\\n' | sort", mount.Path)).Output;
}
