using System.Text.Json;
using S3Mount.MountTests.Mounting;
using S3Mount.MountTests.Stores;
using S3Mount.Testing;
using S3Mount.Testing.Processes;
using S3Mount.Testing.S3Server;

namespace S3Mount.MountTests;

/// <summary>Listings that a mount leaves in <c>--cache</c>, and the next one begins with.</summary>
[Category("mount")]
[CancelAfter(180_000)]
public sealed class SavedListingsTests : MountTest
{
    private const string Bucket = "kept";

    // A check begins a second after the last directory was shown.
    private static readonly TimeSpan _patience = TimeSpan.FromSeconds(30);

    private S3TestServer _server = null!;
    private S3Bucket _bucket = null!;
    private string _cache = null!;

    [SetUp]
    public async Task Start_a_store()
    {
        _server = await S3TestServer.StartAsync();
        _bucket = _server.CreateBucket(Bucket);
        for (int i = 0; i < 60; i++)
            _bucket.Put($"train/class{i % 4}/img {i:d2}.jpg", $"image {i}");
        _bucket.Put("top", "top");
        _cache = Path.Combine(NewDirectory().Path, "made", "cache");
    }

    [TearDown]
    public async Task End_the_store() => await _server.DisposeAsync();

    [Test]
    public async Task The_second_mount_shows_the_tree_without_a_LIST_and_then_what_has_changed()
    {
        string before = await LearnAsync();
        _bucket.Put("train/class0/new.jpg", "new");
        _bucket.Put("train/class1/img 01.jpg", "overwritten");
        _bucket.Delete("train/class2/img 02.jpg");
        _bucket.Put("train/class9/first.jpg", "first");

        MountedBucket mount = await MountAsync();
        _server.ResetStatistics();
        Assert.That(await TreeAsync(mount), Is.EqualTo(before));
        Assert.That(_server.Requests.Count(S3Operation.ListObjectsV2), Is.Zero);
        Assert.That((await Client.ShellAsync("cat \"$1/train/class3/img 03.jpg\"", mount.Path)).Output, Is.EqualTo("image 3"));

        await Eventually.IsTrueAsync(async () => (await Client.ShellAsync("ls $1/train $1/train/class0 $1/train/class2", mount.Path)).Output is { } listed
            && listed.Contains("class9", StringComparison.Ordinal) && listed.Contains("new.jpg", StringComparison.Ordinal) && !listed.Contains("img 02.jpg", StringComparison.Ordinal), _patience, "the changes are seen");
        await Eventually.IsTrueAsync(async () => (await StatusAsync(mount)).GetProperty("unchecked").GetInt32() == 0, _patience, "all is checked");
        Assert.That((await Client.ShellAsync("cat \"$1/train/class1/img 01.jpg\" $1/train/class9/first.jpg", mount.Path)).Output, Is.EqualTo("overwrittenfirst"));
        JsonElement status = await StatusAsync(mount);
        Assert.That((status.GetProperty("checked").GetInt32(), status.GetProperty("differed").GetInt32()), Is.EqualTo((6, 4)));
        Assert.That(status.GetProperty("path").GetString(), Does.StartWith(_cache + "/listings/"));
        ChildResult text = await ProgramUnderTest.RunAsync(["status", mount.Path]);
        Assert.That(text.Output, Does.Contain("0 directories shown as saved and not checked yet, 6 checked, 4 of them had changed"));
    }

    [Test]
    public async Task A_daemon_that_is_killed_leaves_what_was_saved_before()
    {
        string before = await LearnAsync();
        MountedBucket killed = await MountAsync();
        await TreeAsync(killed);
        ProcessSignals.Send(killed.DaemonId, ProcessSignals.Kill);
        await Eventually.IsTrueAsync(() => DaemonProcesses.Of(killed.Path).Count == 0, _patience, "the daemon is gone");
        await killed.AbandonAsync();

        MountedBucket mount = await MountAsync();
        _server.ResetStatistics();
        Assert.That(await TreeAsync(mount), Is.EqualTo(before));
        Assert.That(_server.Requests.Count(S3Operation.ListObjectsV2), Is.Zero);
    }

    [Test]
    public async Task Who_mounts_again_at_once_finds_what_the_mount_before_has_learnt()
    {
        MountedBucket first = await MountAsync();
        string before = await TreeAsync(first);
        await first.UmountAsync();
        MountedBucket second = await MountAsync();
        _server.ResetStatistics();
        Assert.That(await TreeAsync(second), Is.EqualTo(before));
        Assert.That(_server.Requests.Count(S3Operation.ListObjectsV2), Is.Zero);
        await first.HasEndedAsync();
    }

    [Test]
    public async Task A_store_that_does_not_answer_holds_up_neither_the_walk_nor_the_umount()
    {
        string before = await LearnAsync();
        MountedBucket mount = await MountAsync();
        using var gate = new Gate();
        using var held = new HeldStore(_server, S3Operation.ListObjectsV2, gate);
        Assert.That(await TreeAsync(mount), Is.EqualTo(before));
        await gate.WaitForArrivalsAsync(1, TestContext.CurrentContext.CancellationToken);
        Assert.That(await TreeAsync(mount), Is.EqualTo(before));
        ProcessSignals.Send(mount.DaemonId, ProcessSignals.Terminate);
        await mount.HasEndedAsync();
    }

    [Test]
    public async Task A_cache_below_the_mountpoint_is_refused_and_one_that_cannot_be_made_is_done_without()
    {
        string mountpoint = NewDirectory().CreateDirectory("mnt");
        ChildResult below = await ProgramUnderTest.RunAsync([Bucket, mountpoint, "-o", $"cache={mountpoint}/cache", "--endpoint-url", _server.Url], StoreAddress.Of(_server));
        Assert.That((below.ExitCode, below.Error), Is.EqualTo((2, $"s3mount: -o cache: {mountpoint}/cache lies below the mountpoint; choose another place\n")));
        MountedBucket mount = await MountAsync(new MountSetup { Store = StoreAddress.Of(_server), Target = Bucket, Arguments = ["--cache", "/proc/cache"] });
        Assert.That(mount.Said, Does.Contain("s3mount: warning: --cache: /proc/cache cannot be made: ").And.Contain("; listings are not kept"));
        Assert.That((await Client.ShellAsync("cat $1/top", mount.Path)).Output, Is.EqualTo("top"));
    }

    private async Task<string> LearnAsync()
    {
        MountedBucket first = await MountAsync();
        string tree = await TreeAsync(first);
        await first.EndAsync();
        return tree;
    }

    private Task<MountedBucket> MountAsync() => MountAsync(new MountSetup { Store = StoreAddress.Of(_server), Target = Bucket, Arguments = ["--cache", _cache] });

    private static async Task<string> TreeAsync(MountedBucket mount) => (await Client.ShellAsync("cd \"$1\" && find . -printf '%y %s %p\\n' | sort", mount.Path)).Output;

    private static async Task<JsonElement> StatusAsync(MountedBucket mount)
    {
        ChildResult result = await ProgramUnderTest.RunAsync(["status", mount.Path, "--json"]);
        return JsonDocument.Parse(result.Output).RootElement[0].GetProperty("status").GetProperty("savedListings");
    }
}
