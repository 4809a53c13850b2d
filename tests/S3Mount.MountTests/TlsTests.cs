using S3Mount.MountTests.Mounting;
using S3Mount.MountTests.Stores;
using S3Mount.Testing.Processes;
using S3Mount.Testing.S3Server;
using S3Mount.Testing.S3Server.Tls;

namespace S3Mount.MountTests;

/// <summary>A store behind TLS: nothing is sent to one that cannot show who it is.</summary>
[Category("mount")]
[CancelAfter(180_000)]
public sealed class TlsTests : MountTest
{
    private const string Bucket = "secured";
    private const string Content = "behind TLS";

    private S3TestServer _server = null!;
    private string _bundle = null!;

    [SetUp]
    public async Task Start_a_store()
    {
        _server = await S3TestServer.StartAsync(new S3ServerOptions { UsesTls = true });
        _server.CreateBucket(Bucket).Put("file", System.Text.Encoding.UTF8.GetBytes(Content));
        _bundle = NewDirectory().Write("authority.pem", _server.AuthorityPem);
    }

    [TearDown]
    public async Task End_the_store() => await _server.DisposeAsync();

    [Test]
    public async Task An_authority_of_ones_own_is_trusted_when_it_is_named()
    {
        MountedBucket mount = await MountAsync("--ca-bundle", _bundle);
        Assert.That((await Client.ShellAsync("cat $1", mount["file"])).Output, Is.EqualTo(Content));
        await mount.EndAsync();
    }

    // As README says of services that --ca-bundle does not reach.
    [Test]
    public async Task The_systems_authorities_may_be_named_by_the_environment()
    {
        MountedBucket mount = await MountAsync(new MountSetup
        {
            Store = StoreAddress.Of(_server),
            Target = Bucket,
            Environment = new Dictionary<string, string?> { ["SSL_CERT_FILE"] = _bundle },
        });
        Assert.That((await Client.ShellAsync("cat $1", mount["file"])).Output, Is.EqualTo(Content));
        await mount.EndAsync();
    }

    [TestCase(TlsMode.Good, false)]
    [TestCase(TlsMode.SelfSigned, true)]
    [TestCase(TlsMode.Expired, true)]
    [TestCase(TlsMode.WrongName, true)]
    [TestCase(TlsMode.UnknownAuthority, true)]
    public async Task A_certificate_that_does_not_fit_is_refused(TlsMode mode, bool namesTheAuthority)
    {
        _server.Tls = mode;
        string mountpoint = NewDirectory().CreateDirectory("mnt");
        string[] bundle = namesTheAuthority ? ["--ca-bundle", _bundle] : [];
        ChildResult result = await ProgramUnderTest.RunAsync([Bucket, mountpoint, "--endpoint-url", _server.Url, .. bundle], StoreAddress.Of(_server));
        Assert.That(result.ExitCode, Is.EqualTo(1));
        Assert.That(result.Error, Does.Match("^s3mount: [^\n]*certificate[^\n]*use --ca-bundle[^\n]*\n$"));
        Assert.That(MountedPaths.Contains(mountpoint), Is.False);
        Assert.That(_server.Requests.Total, Is.Zero, "it was asked nothing");
    }

    [Test]
    public async Task A_store_that_turns_into_another_is_not_read()
    {
        MountedBucket mount = await MountAsync("--ca-bundle", _bundle, "--io-deadline", "3s");
        _server.Tls = TlsMode.UnknownAuthority;
        _server.ResetConnections();
        long asked = _server.Requests.Total;
        Assert.That((await Client.TryShellAsync("cat $1", mount["file"])).Error, Does.EndWith("Input/output error\n"));
        Assert.That(_server.Requests.Total, Is.EqualTo(asked), "it was asked nothing");
        Assert.That(mount.Log, Does.Contain("certificate"));
        _server.Tls = TlsMode.Good;
        Assert.That((await Client.ShellAsync("cat $1", mount["file"])).Output, Is.EqualTo(Content), "and when it is the right one again, it is");
        await mount.EndAsync();
    }

    private Task<MountedBucket> MountAsync(params string[] arguments) =>
        MountAsync(new MountSetup { Store = StoreAddress.Of(_server), Target = Bucket, Arguments = arguments });
}
