using S3Mount.CommandLine;
using S3Mount.Doctor;
using S3Mount.Doctor.Speed;

namespace S3Mount.Tests.Doctor;

/// <summary>From findings to options, and to a line for a shell.</summary>
[TestFixture]
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public sealed class RecommendationsTests
{
    private readonly StoreRig _rig = new();

    public RecommendationsTests()
    {
        _rig.Findings.Place = _rig.Place;
        _rig.Findings.Store = _rig.Opened;
        _rig.Findings.Contact = _rig.Contact;
    }

    [Test]
    public void Nothing_is_recommended_that_was_not_measured() => Assert.That(Recommendations.Of(_rig.Findings, null, 0), Is.Empty);

    [Test]
    public void Without_a_store_only_what_leads_to_one_is_recommended()
    {
        _rig.Findings.Store = null;
        _rig.Findings.MemoryLimit = 100 << 20;
        _rig.Findings.NeedsPathStyle = true;
        Assert.That(Recommendations.Of(_rig.Findings, null, 0).Select(one => one.Option), Is.EqualTo(new[] { "--force-path-style" }));
    }

    [TestCase("1:80 2:160 4:320 8:640 16:1280 32:1290", "16", "1280 MB/s with 16, and hardly more with more")]
    [TestCase("1:2400 2:2400 4:2400", "8", "2400 MB/s with 1, and hardly more with more; fewer than 8 would let listings and small reads wait")]
    [TestCase("64:1280 128:2560", "128", "2560 MB/s with 128, the most that was tried, and it still grows")]
    [TestCase("32:1280 64:2560 128:2570", null, null)]
    public void Connections_are_those_beyond_which_nothing_grows(string curve, string? value, string? reason)
    {
        _rig.Findings.Throughput = ThroughputCurveTests.Of(curve);
        Recommendation? found = Recommendations.Of(_rig.Findings, null, 0).SingleOrDefault(one => one.Option == "--max-connections");
        Assert.That((found?.Value, found?.Reason), Is.EqualTo((value, reason)));
    }

    [Test]
    public void A_slow_store_deserves_a_cache_and_a_fast_one_does_not()
    {
        _rig.Findings.Throughput = ThroughputCurveTests.Of("1:2400 2:2400");
        Assert.That(Options(), Does.Not.Contain("--cache"));
        _rig.Findings.Throughput = ThroughputCurveTests.Of("1:100 2:200");
        Assert.That(Options(), Does.Contain("--cache"));
        Recommendation given = Recommendations.Of(_rig.Findings, "/nvme", 0).Single(one => one.Option == "--cache");
        Assert.That((given.Value, given.Reason), Is.EqualTo(("/nvme", "a local disk reads more than 200 MB/s: every epoch but the first is read from the disk")));
        _rig.Findings.Throughput = null;
        _rig.Findings.Contact = _rig.Contact with { RoundTrips = [TimeSpan.FromMilliseconds(20)] };
        Assert.That(Recommendations.Of(_rig.Findings, null, 0).Single().Reason, Does.StartWith("a round trip takes 20 ms"));
    }

    [Test]
    public void A_small_machine_gives_the_mount_less()
    {
        _rig.Findings.MemoryLimit = 256 << 20;
        Recommendation found = Recommendations.Of(_rig.Findings, null, 0).Single();
        Assert.That((found.Option, found.Value, found.Reason), Is.EqualTo(("--memory", "64MiB", "there are only 256.0 MiB, for the programs too")));
    }

    [TestCase(1_000_000, 1000, 100, false)]
    [TestCase(2_000, 2, 1000, true)]
    [TestCase(500, 1, 300, true)]
    [TestCase(500, 1, 20, false)]
    public void Slow_listings_should_hold_longer(int keys, int pages, int milliseconds, bool isRecommended)
    {
        _rig.Findings.Listing = new ListingSpeed(keys, pages, TimeSpan.FromMilliseconds(milliseconds));
        Assert.That(Options().Contains("--metadata-ttl"), Is.EqualTo(isRecommended));
    }

    [TestCase("bucket/p --endpoint-url http://h:9000 --profile work --quick", "s3mount bucket/p /mnt/bucket --endpoint-url http://h:9000 --profile work --max-connections 16")]
    [TestCase("bucket --max-connections 32 --no-sign-request --cache /c", "s3mount bucket /mnt/bucket --no-sign-request --cache /c --max-connections 16")]
    [TestCase("s3://status/a", "s3mount status/a /mnt/status --max-connections 16")]
    [TestCase("s3://status", "s3mount s3://status/ /mnt/status --max-connections 16")]
    public void The_line_has_what_was_given_and_what_is_recommended(string line, string expected)
    {
        string[] words = line.Split(' ');
        DoctorCommand command = DoctorCommand.Parse(words);
        Assert.That(MountLine.Of(BucketText.Parse(command.Bucket!), command.Options, [new Recommendation("--max-connections", "16", "why")]), Is.EqualTo(expected));
    }

    [TestCase("plain-1.2/x", ExpectedResult = "plain-1.2/x")]
    [TestCase("two words", ExpectedResult = "'two words'")]
    [TestCase("it's $HOME", ExpectedResult = @"'it'\''s $HOME'")]
    [TestCase("", ExpectedResult = "''")]
    public string Words_are_quoted_for_a_shell(string word) => MountLine.Quote(word);

    private string[] Options() => [.. Recommendations.Of(_rig.Findings, null, 0).Select(one => one.Option)];
}
