using S3Mount.MountTests.Mounting;
using S3Mount.MountTests.Stores;
using S3Mount.Testing.Processes;
using S3Mount.Testing.S3Server;
using S3Mount.Testing.S3Server.Faults;

namespace S3Mount.MountTests;

/// <summary>What is secret is in no log, no message, no status and no command line, whatever goes wrong.</summary>
[Category("mount")]
[CancelAfter(180_000)]
public sealed class SecretTests : MountTest
{
    private const string Bucket = "secrets";
    // In pieces that nothing escapes, so that it is found however it is written.
    private const string Canary = "CANARY";
    private const string SecretKey = "secretCANARYkey";
    private const string Token = "tokenCANARYtoken";

    private S3TestServer _server = null!;

    [SetUp]
    public async Task Start_a_store()
    {
        _server = await S3TestServer.StartAsync(new S3ServerOptions { Credentials = [new S3Credentials("AKIDOFTHETEST", SecretKey, Token)] });
        S3Bucket bucket = _server.CreateBucket(Bucket);
        foreach (string name in (string[])["fine", "denied", "broken", "quoted", "throttled"])
            bucket.Put($"dir/{name}", new byte[1000]);
    }

    [TearDown]
    public async Task End_the_store() => await _server.DisposeAsync();

    private StoreAddress Store => new(_server.Url, "AKIDOFTHETEST", SecretKey);

    [Test]
    public async Task A_mount_in_all_kinds_of_trouble_tells_no_secret()
    {
        MountedBucket mount = await MountAsync(new MountSetup
        {
            Store = Store,
            Target = Bucket,
            Arguments = ["--log-level", "trace", "--io-deadline", "1s"],
            Environment = new Dictionary<string, string?> { ["AWS_SESSION_TOKEN"] = Token },
        });
        Fail("dir/denied", new AnswerFault(403) { Code = "SignatureDoesNotMatch" });
        Fail("dir/broken", new ResetFault());
        Fail("dir/quoted", new AnswerFault(400) { Code = "ExpiredToken" });
        Fail("dir/throttled", AnswerFault.SlowDown);
        ChildResult read = await Client.TryShellAsync("cd $1/dir && for f in *; do cat $f | wc -c; done", mount.Path);
        Assert.That(read.Output, Does.Contain("1000"), "the one that is fine");
        Assert.That(read.Error, Does.Contain("Permission denied").And.Contain("Input/output error"));
        Assert.That(mount.Log, Does.Contain("SignatureDoesNotMatch").And.Contain("ExpiredToken").And.Contain("AKIDOFTHETEST"), "what went wrong is told");

        string status = (await ProgramUnderTest.RunAsync(["status", mount.Path, "--json"])).EnsureSuccess().Output;
        string commandLine = await File.ReadAllTextAsync($"/proc/{mount.DaemonId}/cmdline");
        foreach ((string place, string text) in new[] { ("log", mount.Log), ("messages", mount.Said), ("errors", read.Error), ("status", status), ("command line", commandLine) })
            Assert.That(text, Does.Not.Contain(Canary), place);
        await mount.EndAsync();
        Assert.That(mount.Log, Does.Not.Contain(Canary), "log of the end");
    }

    [Test]
    public async Task A_start_that_fails_tells_no_secret()
    {
        string mountpoint = NewDirectory().CreateDirectory("mnt");
        var environments = new (string What, Dictionary<string, string?> Variables)[]
        {
            ("a token that nobody knows", new() { ["AWS_SESSION_TOKEN"] = "otherCANARYtoken" }),
            ("a proxy that is not there", new() { ["AWS_SESSION_TOKEN"] = Token, ["http_proxy"] = "http://user:passCANARYword@127.0.0.1:9", ["no_proxy"] = "" }),
        };
        foreach ((string what, Dictionary<string, string?> variables) in environments)
        {
            ChildResult result = await ProgramUnderTest.RunAsync(
                [Bucket, mountpoint, "--endpoint-url", _server.Url, "--io-deadline", "1s", "--log-level", "trace", "-f"], Store, environment: variables);
            Assert.That((result.ExitCode, what), Is.EqualTo((1, what)), result.Error);
            Assert.That(result.Output + result.Error, Does.Contain("s3mount: ").And.Not.Contain(Canary), what);
        }
        ChildResult url = await ProgramUnderTest.RunAsync([Bucket, mountpoint, "--endpoint-url", _server.Url.Replace("://", "://user:passCANARYword@", StringComparison.Ordinal)], Store);
        Assert.That(url.ExitCode, Is.Not.Zero);
        Assert.That(url.Output + url.Error, Does.Contain("s3mount: ").And.Not.Contain(Canary));
    }

    private void Fail(string key, FaultEffect effect) =>
        _server.Faults.Add(new FaultRule { Operation = S3Operation.GetObject, Key = key, Times = FaultRule.Always, Effect = effect });
}
