using S3Mount.MountTests.Mounting;
using S3Mount.MountTests.Stores;
using S3Mount.Testing;
using S3Mount.Testing.Processes;
using S3Mount.Testing.S3Server;

namespace S3Mount.MountTests;

/// <summary>The ways to write a bucket and a prefix, and the ways in which requests name them.</summary>
public sealed class AddressingTests : MountTest
{
    private S3TestServer _server = null!;

    [OneTimeSetUp]
    public async Task Start_a_store()
    {
        _server = await S3TestServer.StartAsync();
        S3Bucket bucket = _server.CreateBucket("addressed");
        bucket.Put("train/a b+c%/x", "inside");
        bucket.Put("training/x", "beside");
        bucket.Put("top", "outside");
        _server.CreateBucket("status").Put("file", "a bucket named like a verb");
    }

    [OneTimeTearDown]
    public async Task End_the_store()
    {
        if (_server is not null)
            await _server.DisposeAsync();
    }

    [TestCase("addressed/train")]
    [TestCase("addressed/train/")]
    [TestCase("s3://addressed/train")]
    [TestCase("addressed", "--prefix", "train")]
    [TestCase("addressed", "--prefix", "train/")]
    [TestCase("addressed", "-o", "prefix=train,metadata_ttl=10m")]
    public async Task A_prefix_is_a_directory_of_its_own(string target, params string[] arguments)
    {
        _server.ResetStatistics();
        MountedBucket mount = await MountAsync(target, arguments);
        ChildResult result = await Client.ShellAsync("cd $1 && find . -type f && cat 'a b+c%/x' && getfattr --only-values -n user.s3.key 'a b+c%/x'", mount.Path);
        Assert.That(result.Output, Is.EqualTo("./a b+c%/x\ninsidetrain/a b+c%/x"));
        Assert.That(MountedPaths.SourceOf(mount.Path), Is.EqualTo("s3mount#addressed/train"));
        Assert.That(
            _server.Requests.Entries.Where(entry => entry.Operation == S3Operation.ListObjectsV2).Select(entry => entry.Target),
            Is.Not.Empty.And.All.Contains("prefix=train%2F"), "nothing outside is ever listed");
    }

    [Test]
    public async Task A_prefix_with_awkward_characters_is_mounted()
    {
        MountedBucket mount = await MountAsync("addressed/train/a b+c%");
        Assert.That((await Client.ShellAsync("cat $1/x", mount.Path)).Output, Is.EqualTo("inside"));
        await mount.EndAsync();
    }

    [Test]
    public async Task A_bucket_named_like_a_verb_is_mounted_as_a_url()
    {
        MountedBucket mount = await MountAsync("s3://status/");
        Assert.That((await Client.ShellAsync("cat $1/file", mount.Path)).Output, Is.EqualTo("a bucket named like a verb"));
        await mount.EndAsync();
    }

    [TestCase("127.0.0.1", "", "/addressed/top")]
    [TestCase("localhost", "", "/addressed/top")]
    [TestCase("localhost", "--force-path-style", "/addressed/top")]
    public async Task A_host_without_others_below_it_is_asked_for_a_path(string host, string option, string target)
    {
        _server.ResetStatistics();
        StoreAddress store = StoreAddress.Of(_server) with { Url = _server.Url.Replace("127.0.0.1", host, StringComparison.Ordinal) };
        MountedBucket mount = await MountAsync(new MountSetup { Store = store, Target = "addressed", Arguments = option.Length > 0 ? [option] : [] });
        Assert.That((await Client.ShellAsync("ls $1 && cat $1/top", mount.Path)).Output, Is.EqualTo("top\ntrain\ntraining\noutside"));
        Assert.That(_server.Requests.Entries.Where(entry => entry.Operation == S3Operation.GetObject).Select(entry => entry.Target), Is.EqualTo((string[])[target]));
        await mount.EndAsync();
    }

    [TestCase("", "/top")]
    [TestCase("--force-path-style", "/addressed/top")]
    public async Task A_bucket_has_a_host_of_its_own_unless_path_style_is_asked_for(string option, string target)
    {
        await using S3TestServer server = await S3TestServer.StartAsync(new S3ServerOptions { HostSuffix = "store.test" });
        server.CreateBucket("addressed").Put("top", "outside");
        using TempDirectory local = NewDirectory();
        string path = local.CreateDirectory("mnt");
        // The names are known in a mount namespace of its own, with which the mount goes if something fails.
        ChildResult result = await ChildProcess.RunAsync(
            "unshare",
            ["-m", "bash", "-c", """
                echo "127.0.0.1 store.test addressed.store.test" > $1/hosts && mount --bind $1/hosts /etc/hosts &&
                $2 addressed $1/mnt --endpoint-url http://store.test:$3 $4 && ls $1/mnt && cat $1/mnt/top && $2 umount $1/mnt
                """, "bash", local.Path, ProgramUnderTest.Path, $"{server.Port}", option],
            new ChildProcessOptions { Environment = StoreAddress.Of(server).Environment });
        Assert.That((result.Output, result.Error), Is.EqualTo(("top\noutside", "")));
        Assert.That(server.Requests.Entries.Where(entry => entry.Operation == S3Operation.GetObject).Select(entry => entry.Target), Is.EqualTo((string[])[target]));
        await Eventually.IsTrueAsync(() => DaemonProcesses.Of(path).Count == 0, TimeSpan.FromSeconds(20), "the daemon has ended");
    }

    [TestCase("AWS_ENDPOINT_URL")]
    [TestCase("AWS_ENDPOINT_URL_S3")]
    public async Task The_endpoint_may_come_from_the_environment(string variable)
    {
        using TempDirectory local = NewDirectory();
        string path = local.CreateDirectory("mnt");
        ChildResult result = await ProgramUnderTest.RunAsync(["addressed", path], StoreAddress.Of(_server), environment: new Dictionary<string, string?> { [variable] = _server.Url });
        Assert.That((result.ExitCode, result.Error), Is.EqualTo((0, "")));
        Assert.That((await Client.ShellAsync("cat $1/top && umount $1", path)).Output, Is.EqualTo("outside"));
        await Eventually.IsTrueAsync(() => DaemonProcesses.Of(path).Count == 0, TimeSpan.FromSeconds(20), "the daemon has ended");
    }

    private Task<MountedBucket> MountAsync(string target, params string[] arguments) =>
        MountAsync(new MountSetup { Store = StoreAddress.Of(_server), Target = target, Arguments = arguments });
}
