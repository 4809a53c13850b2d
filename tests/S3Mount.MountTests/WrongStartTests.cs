using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text.RegularExpressions;
using S3Mount.MountTests.Mounting;
using S3Mount.MountTests.Stores;
using S3Mount.Testing;
using S3Mount.Testing.Processes;
using S3Mount.Testing.S3Server;

namespace S3Mount.MountTests;

/// <summary>Starts that cannot work: one line that says why and what to do, exit code 1, and nothing is left.</summary>
[Category("mount")]
[CancelAfter(180_000)]
public sealed partial class WrongStartTests : MountTest
{
    private const string Bucket = "wrong-starts";

    private TestBucket _bucket = null!;
    private string _mountpoint = null!;

    [OneTimeSetUp]
    public async Task Fill_a_bucket()
    {
        _bucket = await ObjectStores.CreateBucketAsync(Bucket);
        await _bucket.PutAsync("dir/file", "text");
    }

    [OneTimeTearDown]
    public void Let_go_of_the_bucket() => _bucket?.Dispose();

    [SetUp]
    public void Make_a_mountpoint() => _mountpoint = NewDirectory().CreateDirectory("mnt");

    private StoreAddress Store => _bucket.Store;

    [Test]
    public Task A_bucket_that_does_not_exist() => AssertRefusedAsync(
        Store, ["no-such-bucket"], $"there is no bucket 'no-such-bucket' at {Store.Url}: check its name, and --endpoint-url (404 NoSuchBucket, request ID)");

    [Test]
    public Task A_secret_key_that_does_not_fit() => AssertRefusedAsync(
        Store with { SecretKey = "wrong" }, [Bucket],
        $"access to s3://{Bucket}/ is denied to access key {Store.AccessKey}: the secret key does not fit the access key: check the credentials (403 SignatureDoesNotMatch, request ID)");

    [Test]
    public Task An_access_key_that_nobody_knows() => AssertRefusedAsync(
        Store with { AccessKey = "NOBODY" }, [Bucket],
        $"access to s3://{Bucket}/ is denied to access key NOBODY: the store does not know this access key: check the credentials, --profile and --endpoint-url (403 InvalidAccessKeyId, request ID)");

    [Test]
    public Task No_credentials_at_all() => AssertRefusedAsync(
        Store with { AccessKey = null, SecretKey = null }, [Bucket],
        "no credentials were found: run 'aws configure', set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, name a profile with --profile, or use --no-sign-request for a public bucket");

    [Test]
    public Task A_private_bucket_without_signatures() => AssertRefusedAsync(
        Store, [Bucket, "--no-sign-request"], $"access to s3://{Bucket}/ is denied: the bucket is not public, leave out --no-sign-request (403 AccessDenied, request ID)");

    [Test]
    public async Task A_store_that_is_down()
    {
        StoreAddress down;
        await using (S3TestServer server = await S3TestServer.StartAsync())
            down = StoreAddress.Of(server);
        await AssertRefusedAsync(
            down, [Bucket], $"{down.Url} did not answer for s3://{Bucket}/ before the deadline, last: Connection refused; check --endpoint-url, --region and the network");
    }

    [Test]
    public async Task A_store_that_takes_connections_and_never_answers()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        Task<int> accepting = AcceptAsync(listener, TestContext.CurrentContext.CancellationToken);
        string url = $"http://{listener.LocalEndpoint}";
        long start = Stopwatch.GetTimestamp();
        await AssertRefusedAsync(
            Store with { Url = url }, [Bucket], $"{url} did not answer for s3://{Bucket}/ before the deadline, last: nothing came in time; check --endpoint-url, --region and the network");
        // The store itself is given 10 s, all steps of the start together 30 s.
        Assert.That(Stopwatch.GetElapsedTime(start), Is.LessThan(TimeSpan.FromSeconds(30)));
        listener.Stop();
        Assert.That(await accepting, Is.Positive, "it was asked");
    }

    [Test]
    public Task A_prefix_that_is_an_object() => AssertRefusedAsync(
        Store, [$"{Bucket}/dir/file"], $"s3://{Bucket}/dir/file is an object, not a directory; mount s3://{Bucket}/dir/ instead");

    [Test]
    public async Task A_mountpoint_that_does_not_exist()
    {
        _mountpoint += "/missing";
        await AssertRefusedAsync(Store, [Bucket], $"the mountpoint {_mountpoint} does not exist; create it with: mkdir -p {_mountpoint}");
    }

    [Test]
    public async Task A_mountpoint_that_is_a_file()
    {
        _mountpoint = NewDirectory().Write("file", "");
        await AssertRefusedAsync(Store, [Bucket], $"the mountpoint {_mountpoint} is not a directory");
    }

    [Test]
    public async Task Bucket_and_directory_the_wrong_way_round_or_a_wrong_option_are_wrong_usage()
    {
        foreach (string[] arguments in (string[][])[[_mountpoint, Bucket], [Bucket, _mountpoint, "--no-such-option"], [Bucket, _mountpoint, "--memory", "much"], [Bucket]])
        {
            ChildResult result = await ProgramUnderTest.RunAsync([.. arguments, "--endpoint-url", Store.Url], Store);
            Assert.That(result.ExitCode, Is.EqualTo(2), string.Join(' ', arguments));
            Assert.That(result.Error, Does.Match("^s3mount: [^\n]+\n$"));
        }
        Assert.That(MountedPaths.Contains(_mountpoint), Is.False);
    }

    [Test]
    public async Task Ctrl_C_while_the_store_is_silent_gives_up_at_once()
    {
        using var gate = new Gate();
        await using S3TestServer server = await S3TestServer.StartAsync();
        server.CreateBucket(Bucket);
        using var held = new HeldStore(server, S3Operation.ListObjectsV2, gate);
        await using ChildProcess start = await ProgramUnderTest.StartAsync([Bucket, _mountpoint, "--endpoint-url", server.Url], StoreAddress.Of(server));
        await gate.WaitForArrivalsAsync(1, TestContext.CurrentContext.CancellationToken).WaitAsync(TimeSpan.FromSeconds(30));
        start.Signal(ProcessSignals.Interrupt);
        ChildResult result = await start.WaitAsync(TimeSpan.FromSeconds(10));
        Assert.That((result.ExitCode, result.Error), Is.EqualTo((1, "s3mount: stopped before the mount was usable; nothing is mounted\n")));
        AssertNothingIsLeft();
    }

    [Test]
    public async Task An_empty_prefix_is_mounted_with_a_warning_and_shows_what_comes()
    {
        MountedBucket mount = await MountAsync(new MountSetup { Store = Store, Target = $"{Bucket}/coming", Arguments = ["--metadata-ttl", "1s"] });
        Assert.That(mount.Said, Is.EqualTo($"s3mount: warning: there is nothing under s3://{Bucket}/coming/ yet\n"));
        Assert.That((await Client.ShellAsync("ls -A $1", mount.Path)).Output, Is.Empty);
        await _bucket.PutAsync("coming/soon", "now");
        await Eventually.IsTrueAsync(
            async () => (await Client.TryShellAsync("cat $1/soon", mount.Path)).Output == "now", TimeSpan.FromSeconds(10), "the new object is seen");
    }

    [TestCase(WrongRegionAnswer.AuthorizationHeaderMalformed)]
    [TestCase(WrongRegionAnswer.PermanentRedirect)]
    public async Task A_wrong_region_is_set_right_by_the_stores_answer(WrongRegionAnswer answer)
    {
        await using S3TestServer server = await S3TestServer.StartAsync(new S3ServerOptions { WrongRegionAnswer = answer });
        server.CreateBucket("elsewhere", region: "eu-north-1").Put("file", "text");
        MountedBucket mount = await MountAsync(new MountSetup { Store = StoreAddress.Of(server), Target = "elsewhere", Arguments = ["--region", "us-west-2"] });
        Assert.That((await Client.ShellAsync("ls $1 && cat $1/file", mount.Path)).Output, Is.EqualTo("file\ntext"));
        await mount.EndAsync();
    }

    [Test]
    public async Task A_policy_that_allows_one_prefix_is_enough_for_that_prefix()
    {
        TestBucket bucket = await ObjectStores.CreateBucketAsync("policed");
        using (bucket)
        {
            await bucket.PutAsync("open/dir/file", "allowed");
            await bucket.PutAsync("closed/file", "not allowed");
            await Client.PutPolicyAsync(bucket, $$"""
                {"Version": "2012-10-17", "Statement": [
                  {"Effect": "Allow", "Principal": "*", "Action": "s3:ListBucket", "Resource": "arn:aws:s3:::policed", "Condition": {"StringLike": {"s3:prefix": ["open/*"]} } },
                  {"Effect": "Allow", "Principal": "*", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::policed/open/*"}]}
                """);
            MountedBucket mount = await MountAsync(new MountSetup { Store = bucket.Store, Target = "policed/open", Arguments = ["--no-sign-request"] });
            Assert.That((await Client.ShellAsync("cd $1 && find . -type f | sort && cat dir/file && ! stat missing 2> /dev/null", mount.Path)).Output, Is.EqualTo("./dir/file\nallowed"));
            Assert.That(mount.Log, Does.Not.Contain("denied"));
            await AssertRefusedAsync(
                bucket.Store, ["policed", "--no-sign-request"], "access to s3://policed/ is denied: the bucket is not public, leave out --no-sign-request (403 AccessDenied, request ID)");
        }
    }

    private async Task AssertRefusedAsync(StoreAddress store, string[] arguments, string line)
    {
        ChildResult result = await ProgramUnderTest.RunAsync([arguments[0], _mountpoint, "--endpoint-url", store.Url, .. arguments[1..]], store);
        Assert.That(RequestId().Replace(result.Error, "request ID)"), Is.EqualTo($"s3mount: {line}\n"));
        Assert.That((result.ExitCode, result.Output), Is.EqualTo((1, "")));
        AssertNothingIsLeft();
    }

    /// <summary>Takes connections and says nothing, until the listener is stopped; returns the number of connections.</summary>
    private static async Task<int> AcceptAsync(TcpListener listener, CancellationToken cancellationToken)
    {
        var connections = new List<TcpClient>();
        try
        {
            while (true)
                connections.Add(await listener.AcceptTcpClientAsync(cancellationToken));
        }
        catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
        {
            connections.ForEach(connection => connection.Dispose());
            return connections.Count;
        }
    }

    private void AssertNothingIsLeft()
    {
        Assert.That(MountedPaths.Contains(_mountpoint), Is.False, "it is mounted");
        Assert.That(DaemonProcesses.Of(_mountpoint), Is.Empty, "a daemon was left");
    }

    [GeneratedRegex("request [^ )]+\\)")]
    private static partial Regex RequestId();
}
