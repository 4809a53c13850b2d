using System.Security.Cryptography;
using S3Mount.MountTests.Mounting;
using S3Mount.MountTests.Stores;
using S3Mount.Testing.Objects;
using S3Mount.Testing.Processes;
using S3Mount.Testing.S3Server;
using S3Mount.Testing.S3Server.Faults;

namespace S3Mount.MountTests;

/// <summary>Stores that lie, lose and move things, one kind at a time.</summary>
[Category("mount")]
[CancelAfter(180_000)]
public sealed class StoreTroubleTests : MountTest
{
    private const string Bucket = "troubled";
    private const int Files = 40;

    private S3TestServer _server = null!;
    private S3Bucket _bucket = null!;

    [SetUp]
    public async Task Start_a_store()
    {
        _server = await S3TestServer.StartAsync(new S3ServerOptions { Listing = new S3ListingStyle { PageSize = 10 }, WrongRegionAnswer = WrongRegionAnswer.AuthorizationHeaderMalformed });
        _bucket = _server.CreateBucket(Bucket);
        _bucket.Checksums = ChecksumAlgorithm.Crc64Nvme;
        for (int i = 0; i < Files; i++)
            _bucket.Put($"dir/{i:000}", Content(i));
    }

    [TearDown]
    public async Task End_the_store() => await _server.DisposeAsync();

    [Test]
    public async Task A_listing_that_goes_round_is_an_error_and_never_a_shorter_one([Values] ListingLoop loop)
    {
        MountedBucket mount = await MountAsync(["--metadata-ttl", "1s", "--io-deadline", "10s"]);
        ActiveFault fault = _server.Faults.Add(new FaultRule { Operation = S3Operation.ListObjectsV2, Key = "dir/", Times = FaultRule.Always, Effect = new ListingLoopFault(loop) });
        ChildResult result = await Client.TryShellAsync("ls $1", mount["dir"]);
        Assert.That(result.ExitCode, Is.Not.Zero, result.Output);
        Assert.That(result.Error, Does.Contain("Input/output error"));
        Assert.That(fault.Taken, Is.Positive);
        _server.Faults.Clear();
        Assert.That((await Client.ShellAsync("ls $1 | wc -l", mount["dir"])).Output.Trim(), Is.EqualTo("40"), "it is listed anew");
        await mount.EndAsync();
    }

    [Test]
    public async Task Changed_bytes_reach_neither_readers_nor_the_disk_cache()
    {
        string cache = Path.Combine(NewDirectory().Path, "cache");
        MountedBucket first = await MountAsync(["--cache", cache, "--io-deadline", "10s"]);
        ActiveFault fault = _server.Faults.Add(
            new FaultRule { Operation = S3Operation.GetObject, Times = FaultRule.Always, Probability = 0.3, Seed = 5, Effect = new FlipFault(0) { Seed = 9 } });
        await AssertAllRightAsync(first, mayFail: true);
        Assert.That(fault.Taken, Is.GreaterThan(Files / 10));
        _server.Faults.Clear();
        await first.EndAsync();
        // What was kept is right, and what was not is fetched.
        MountedBucket second = await MountAsync(["--cache", cache]);
        await AssertAllRightAsync(second, mayFail: false);
        await second.EndAsync();
    }

    [Test]
    public async Task A_bucket_that_moves_to_another_region_is_followed()
    {
        MountedBucket mount = await MountAsync(["--metadata-ttl", "1s"]);
        Assert.That((await Client.ShellAsync("ls $1 | wc -l", mount["dir"])).Output.Trim(), Is.EqualTo("40"));
        _bucket.Region = "eu-central-1";
        await AssertAllRightAsync(mount, mayFail: false);
        await mount.EndAsync();
    }

    [Test]
    public async Task A_clock_that_is_an_hour_off_is_set_right_by_the_store()
    {
        MountedBucket mount = await MountAsync([]);
        _server.ClockOffset = TimeSpan.FromHours(1);
        await AssertAllRightAsync(mount, mayFail: false);
        await mount.EndAsync();
    }

    private async Task AssertAllRightAsync(MountedBucket mount, bool mayFail)
    {
        ChildResult result = await Client.TryShellAsync("cd $1 && for f in *; do printf '%s ' $f; sha256sum < $f || echo failed; done", mount["dir"]);
        string[] lines = [.. result.OutputLines.Where(line => line.Length > 0)];
        Assert.That(lines, Has.Length.EqualTo(Files), result.Error);
        int right = 0;
        for (int i = 0; i < Files; i++)
        {
            string sum = Convert.ToHexStringLower(SHA256.HashData(Content(i)));
            if (!mayFail || !lines[i].EndsWith("failed", StringComparison.Ordinal))
                Assert.That(lines[i], Is.EqualTo($"{i:000} {sum}  -"));
            right += lines[i].Contains(sum, StringComparison.Ordinal) ? 1 : 0;
        }
        // Three changed answers in a row are an error: at 0.3 one file in 37.
        Assert.That(right, Is.GreaterThan(Files / 2));
    }

    private static byte[] Content(int i)
    {
        byte[] content = new byte[20_000 + i];
        new Random(i).NextBytes(content);
        return content;
    }

    private Task<MountedBucket> MountAsync(string[] arguments) =>
        MountAsync(new MountSetup { Store = StoreAddress.Of(_server), Target = Bucket, Arguments = arguments });
}
