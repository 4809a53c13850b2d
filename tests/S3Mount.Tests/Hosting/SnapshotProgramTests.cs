using System.Text.RegularExpressions;
using S3Mount.Testing;
using S3Mount.Testing.Processes;
using S3Mount.Testing.S3Server;

namespace S3Mount.Tests.Hosting;

/// <summary>The built program makes, shows and verifies snapshots of a bucket in memory.</summary>
[TestFixture]
public sealed partial class SnapshotProgramTests
{
    private static readonly string _program = Path.Combine(AppContext.BaseDirectory, "s3mount");

    private readonly Dictionary<string, string?> _environment = new()
    {
        ["AWS_ACCESS_KEY_ID"] = S3ServerOptions.DefaultAccessKey,
        ["AWS_SECRET_ACCESS_KEY"] = S3ServerOptions.DefaultSecretKey,
        ["AWS_EC2_METADATA_DISABLED"] = "true",
    };

    private TempDirectory _directory = null!;
    private S3TestServer _server = null!;
    private S3Bucket _bucket = null!;

    [SetUp]
    public async Task StartServer()
    {
        _directory = new TempDirectory("s3mount-snapshot");
        _server = await S3TestServer.StartAsync();
        _bucket = _server.CreateBucket("bucket");
        foreach (string key in (string[])["train/cat/1", "train/cat/2", "train/dog/1", "train/empty/", "train/x//y", "val/1"])
            _bucket.Put(key, "0123456789");
    }

    [TearDown]
    public async Task StopServer()
    {
        await _server.DisposeAsync();
        _directory.Dispose();
    }

    [Test]
    [CancelAfter(60_000)]
    public async Task What_is_made_is_shown_and_is_the_same_as_the_store(CancellationToken cancellationToken)
    {
        ChildResult made = await CreateAsync();
        Assert.That((made.ExitCode, made.Error), Is.EqualTo((0, "")));
        Assert.That(made.Output, Does.Match($"""
            ^dataset: s3://bucket/train/
            store: {Regex.Escape(_server.Url)}
            region: us-east-1
            made: 20..-..-..T..:..:..Z
            files: 3
            directories: 4
            bytes: 30
            hidden keys: 1
            shadowed keys: 0
            digest: sha256:[0-9a-f]+

            """ + "$"));
        ChildResult shown = await RunAsync("show", "file.snap");
        Assert.That((shown.ExitCode, shown.Output, shown.Error), Is.EqualTo((0, made.Output, "")));
        ChildResult verified = await RunAsync("verify", "file.snap");
        Assert.That((verified.ExitCode, verified.Output, verified.Error), Is.EqualTo((0, $"same: s3://bucket/train/ is as in file.snap: 3 files, {Digest().Match(made.Output).Value}\n", "")));
        Assert.That(Directory.GetFileSystemEntries(_directory.Path), Is.EqualTo(new[] { _directory["file.snap"] }));
    }

    [Test]
    [CancelAfter(60_000)]
    public async Task What_differs_is_named_and_counted(CancellationToken cancellationToken)
    {
        (await CreateAsync()).EnsureSuccess();
        _bucket.Delete("train/cat/1");
        _bucket.Put("train/cat/2", "changed");
        _bucket.Put("train/new", "new");
        _bucket.Put("val/2", "elsewhere");
        ChildResult verified = await RunAsync("verify", "file.snap");
        Assert.That((verified.ExitCode, verified.Error), Is.EqualTo((1, "")));
        Assert.That(verified.Output, Does.Match("^removed: cat/1\nchanged: cat/2\nadded: new\ndiffers: s3://bucket/train/ is not as in file.snap: 1 added, 1 removed, 1 changed\ndigest: sha256:[0-9a-f]{64}\n$"));
        ChildResult quiet = await RunAsync("verify", "--quiet", "file.snap");
        Assert.That((quiet.ExitCode, quiet.Output, quiet.Error), Is.EqualTo((1, "", "")));
    }

    [Test]
    [CancelAfter(60_000)]
    public async Task Ten_differences_are_named(CancellationToken cancellationToken)
    {
        (await CreateAsync()).EnsureSuccess();
        for (int i = 0; i < 25; i++)
            _bucket.Put($"train/new/{i:d2}", "new");
        ChildResult verified = await RunAsync("verify", "file.snap");
        Assert.That(verified.OutputLines, Has.Length.EqualTo(13));
        Assert.That(verified.OutputLines[9..12], Is.EqualTo(new[] { "added: new/09", "and 15 more", "differs: s3://bucket/train/ is not as in file.snap: 25 added, 0 removed, 0 changed" }));
    }

    [Test]
    [CancelAfter(60_000)]
    public async Task A_change_that_no_mount_shows_is_told_too(CancellationToken cancellationToken)
    {
        (await CreateAsync()).EnsureSuccess();
        _bucket.Put("train/x//y", "changed");
        ChildResult verified = await RunAsync("verify", "file.snap");
        Assert.That(verified.ExitCode, Is.EqualTo(1));
        Assert.That(verified.Output, Does.StartWith("differs: s3://bucket/train/ shows the files of file.snap, but keys that no mount shows are others"));
    }

    [Test]
    [CancelAfter(60_000)]
    public async Task A_copy_elsewhere_is_compared_when_asked_for(CancellationToken cancellationToken)
    {
        (await CreateAsync()).EnsureSuccess();
        await using S3TestServer other = await S3TestServer.StartAsync();
        S3Bucket copy = other.CreateBucket("bucket");
        foreach (string key in (string[])["train/cat/1", "train/cat/2", "train/dog/1", "train/empty/", "train/x//y"])
            copy.Put(key, "0123456789");
        ChildResult verified = await RunAsync("verify", "file.snap", "--endpoint-url", other.Url);
        Assert.That((verified.ExitCode, verified.OutputLines.Length), Is.EqualTo((0, 1)), verified.Error);
    }

    [TestCase("show missing.snap", "missing.snap cannot be read: no such file or directory")]
    [TestCase("show text", "text is not a snapshot; make one with: s3mount snapshot create BUCKET/PREFIX FILE")]
    [TestCase("verify text", "text is not a snapshot; make one with: s3mount snapshot create BUCKET/PREFIX FILE")]
    [TestCase("create bucket/train text --endpoint-url URL", "text is there and is not a snapshot; remove it, or write another file")]
    [TestCase("create bucket/tra new.snap --endpoint-url URL", "there is nothing under s3://bucket/tra/, so no snapshot was made: check bucket and prefix")]
    [TestCase("create bucket/train nowhere/new.snap --endpoint-url URL", "nowhere/new.snap cannot be written: no such directory")]
    [CancelAfter(60_000)]
    public async Task A_failure_is_one_line_and_leaves_nothing(string line, string error, CancellationToken cancellationToken)
    {
        _directory.Write("text", "what somebody wrote");
        ChildResult result = await RunAsync(line.Replace("URL", _server.Url, StringComparison.Ordinal).Split(' '));
        Assert.That((result.ExitCode, result.Output, result.Error), Is.EqualTo((1, "", $"s3mount: {error}\n")));
        Assert.That(Directory.GetFileSystemEntries(_directory.Path), Is.EqualTo(new[] { _directory["text"] }));
        Assert.That(await File.ReadAllTextAsync(_directory["text"], cancellationToken), Is.EqualTo("what somebody wrote"));
    }

    [Test]
    [CancelAfter(60_000)]
    public async Task A_store_that_fails_is_one_line(CancellationToken cancellationToken)
    {
        ChildResult missing = await RunAsync("create", "no-such-bucket", "new.snap", "--endpoint-url", _server.Url);
        Assert.That(missing.ExitCode, Is.EqualTo(1));
        Assert.That(missing.Error, Does.Match("^s3mount: there is no bucket 'no-such-bucket'[^\n]*\n$"));
        ChildResult usage = await RunAsync("create", "bucket");
        Assert.That((usage.ExitCode, usage.Error), Is.EqualTo((2, "s3mount: bucket or file is missing; write s3mount snapshot create BUCKET[/PREFIX] FILE [options]\n")));
    }

    [Test]
    [CancelAfter(60_000)]
    public async Task A_signal_ends_it_and_leaves_what_was_there(CancellationToken cancellationToken)
    {
        (await CreateAsync()).EnsureSuccess();
        byte[] before = await File.ReadAllBytesAsync(_directory["file.snap"], cancellationToken);
        long asked = _server.Requests.Total;
        _server.Speed = _server.Speed with { Listing = TimeSpan.FromSeconds(20) };
        await using ChildProcess child = await ChildProcess.StartAsync(_program, ["snapshot", "create", "bucket/train", "file.snap", "--endpoint-url", _server.Url], Options);
        await RunningMount.UntilAsync(() => _server.Requests.Total > asked, cancellationToken);
        ProcessSignals.Send(child.Id, 15);
        ChildResult result = await child.WaitAsync(TimeSpan.FromSeconds(30), cancellationToken);
        Assert.That((result.ExitCode, result.Error), Is.EqualTo((1, "s3mount: stopped before the store was listed to its end; file.snap is as it was\n")));
        Assert.That(Directory.GetFileSystemEntries(_directory.Path), Is.EqualTo(new[] { _directory["file.snap"] }));
        Assert.That(await File.ReadAllBytesAsync(_directory["file.snap"], cancellationToken), Is.EqualTo(before));
    }

    private ChildProcessOptions Options => new() { Environment = _environment, WorkingDirectory = _directory.Path };

    private Task<ChildResult> CreateAsync() => RunAsync("create", "bucket/train", "file.snap", "--endpoint-url", _server.Url);

    private Task<ChildResult> RunAsync(params string[] arguments) => ChildProcess.RunAsync(_program, ["snapshot", .. arguments], Options);

    [GeneratedRegex("sha256:[0-9a-f]{64}")]
    private static partial Regex Digest();
}
