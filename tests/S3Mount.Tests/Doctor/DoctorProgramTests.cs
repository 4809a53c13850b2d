using System.Text.Json;
using S3Mount.ObjectStore;
using S3Mount.Testing;
using S3Mount.Testing.Objects;
using S3Mount.Testing.Processes;
using S3Mount.Testing.S3Server;
using S3Mount.Testing.S3Server.Faults;
using S3Mount.Testing.S3Server.Tls;
using S3Mount.Tests.Hosting;

namespace S3Mount.Tests.Doctor;

/// <summary>The built program looks at stores over the network: well ones, and each kind of trouble.</summary>
[TestFixture]
[CancelAfter(120_000)]
public sealed class DoctorProgramTests
{
    private static readonly string _program = Path.Combine(AppContext.BaseDirectory, "s3mount");

    // What the machine of the tests itself lacks is none of these tests' matter.
    private static readonly string[] _ofStore =
        ["endpoint", "proxy", "name", "connection", "clock", "credentials", "region", "may list", "may read", "checksums", "round trip", "listing", "first byte", "throughput"];

    private readonly Dictionary<string, string?> _environment = new()
    {
        ["AWS_ACCESS_KEY_ID"] = S3ServerOptions.DefaultAccessKey,
        ["AWS_SECRET_ACCESS_KEY"] = S3ServerOptions.DefaultSecretKey,
        ["AWS_EC2_METADATA_DISABLED"] = "true",
        ["AWS_CONFIG_FILE"] = "/dev/null",
        ["AWS_SHARED_CREDENTIALS_FILE"] = "/dev/null",
    };

    private S3TestServer _server = null!;

    [SetUp]
    public Task StartServer() => StartAsync(new S3ServerOptions());

    [TearDown]
    public async Task StopServer() => await _server.DisposeAsync();

    [Test]
    public async Task A_healthy_store_passes_all_and_ends_with_a_command()
    {
        Fill();
        Report report = await DoctorAsync("bucket/data", "--max-connections", "4");
        Assert.That(report.Failed, Is.Empty);
        Assert.That(_ofStore.Where(name => report[name].Outcome is not ("ok" or "skipped")), Is.Empty);
        Assert.That(report["credentials"].Detail, Is.EqualTo($"access key {S3ServerOptions.DefaultAccessKey} from AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY"));
        Assert.That(report["may list"].Detail, Is.EqualTo("s3://bucket/data/: 5 keys in the first page, and that is all"));
        Assert.That(report["checksums"].Detail, Is.EqualTo("come with small objects, and are compared"));
        Assert.That(report["throughput"].Detail, Does.Match("^[0-9.]+ MB/s with (one connection|[0-9]+ connections), "));
        Assert.That(report.Command, Does.StartWith($"s3mount bucket/data /mnt/bucket --endpoint-url {_server.Url}"));
        Assert.That(report.Text, Does.Not.Contain(S3ServerOptions.DefaultSecretKey));
    }

    [Test]
    public async Task A_quick_look_reads_hardly_anything()
    {
        Fill();
        Report report = await DoctorAsync("bucket", "--quick");
        Assert.That(report.Failed, Is.Empty);
        Assert.That(report["throughput"].Outcome, Is.EqualTo("skipped"));
        Assert.That(_server.Statistics.BytesSent, Is.LessThan(1 << 20));
    }

    [Test]
    public async Task A_denied_listing_fails()
    {
        Fill();
        _server.Faults.Always(S3Operation.ListObjectsV2, new AnswerFault(403) { Code = "AccessDenied" });
        await ExpectAsync("may list", "s3:ListBucket");
    }

    [Test]
    public async Task A_denied_read_fails()
    {
        Fill();
        _server.Faults.Always(S3Operation.GetObject, new AnswerFault(403) { Code = "AccessDenied" });
        await ExpectAsync("may read", "s3:GetObject");
    }

    [TestCase("AWS_SECRET_ACCESS_KEY", "the secret key does not fit the access key")]
    [TestCase("AWS_ACCESS_KEY_ID", "the store does not know this access key")]
    public async Task Wrong_keys_fail(string variable, string said)
    {
        Fill();
        _environment[variable] = "WRONG";
        try
        {
            Assert.That((await ExpectAsync("may list", "--profile")).Detail, Does.Contain(said));
        }
        finally
        {
            _environment[variable] = variable == "AWS_ACCESS_KEY_ID" ? S3ServerOptions.DefaultAccessKey : S3ServerOptions.DefaultSecretKey;
        }
    }

    [Test]
    public async Task A_missing_bucket_fails() => Assert.That((await ExpectAsync("may list", "aws s3 ls", bucket: "nothing")).Detail, Does.StartWith("there is no bucket 'nothing'"));

    [Test]
    public async Task A_bucket_in_another_region_is_told_and_recommended([Values] bool isQuick)
    {
        await _server.DisposeAsync();
        await StartAsync(new S3ServerOptions { Region = "eu-central-1", WrongRegionAnswer = WrongRegionAnswer.AuthorizationHeaderMalformed });
        Fill();
        Report report = await DoctorAsync(isQuick ? ["bucket", "--quick", "--region", "us-west-2"] : ["bucket", "--max-connections", "2", "--region", "us-west-2"]);
        Assert.That((report["region"].Outcome, report["region"].Advice), Is.EqualTo(("warning", "--region eu-central-1")));
        Assert.That(report.Command, Does.Contain(" --region eu-central-1").And.Not.Contain("us-west-2"));
    }

    [TestCase(1, "clock")]
    [TestCase(-1, "clock")]
    public async Task A_clock_that_is_an_hour_off_fails(int hours, string name)
    {
        Fill();
        _server.ClockOffset = TimeSpan.FromHours(hours);
        Report report = await DoctorAsync("bucket", "--quick");
        Assert.That(report.Failed, Is.EqualTo(new[] { name }));
        Assert.That(report[name].Detail, Does.StartWith(hours > 0 ? "60 min behind the store's" : "60 min ahead of the store's"));
        Assert.That(report["may list"].Outcome, Is.EqualTo("ok"), "a mount goes on with the store's time");
    }

    [Test]
    public async Task A_refused_connection_fails_and_nothing_is_waited_for()
    {
        S3TestServer gone = await S3TestServer.StartAsync();
        string url = gone.Url;
        await gone.DisposeAsync();
        CheckReportText report = await ExpectAsync("connection", "nothing listens there", url: url);
        Assert.That(report.Detail, Is.EqualTo($"{url}: Connection refused"));
    }

    [Test]
    public async Task A_slow_store_is_told_and_deserves_a_cache()
    {
        Fill();
        _server.Speed = new S3ServerSpeed(TimeSpan.FromMilliseconds(600), TimeSpan.FromMilliseconds(600), 0);
        Report report = await DoctorAsync("bucket", "--quick");
        Assert.That(report.Failed, Is.Empty);
        Assert.That(report["first byte"].Outcome, Is.EqualTo("warning"));
        Assert.That(report.Command, Does.Contain("--metadata-ttl 1h").And.Contain("--cache "));
    }

    [Test]
    public async Task A_store_that_answers_only_with_errors_fails_in_time()
    {
        Fill();
        _server.Faults.Always(S3Operation.ListObjectsV2, new AnswerFault(500) { Code = "InternalError" });
        await ExpectAsync("may list", "its operators");
    }

    [Test]
    public async Task An_empty_bucket_is_a_warning()
    {
        _server.CreateBucket("empty");
        Report report = await DoctorAsync("empty");
        Assert.That(report.Failed, Is.Empty);
        Assert.That((report["may list"].Outcome, report["may list"].Detail), Is.EqualTo(("warning", "there is nothing under s3://empty/")));
        Assert.That(report["throughput"].Outcome, Is.EqualTo("skipped"));
    }

    [Test]
    public async Task A_store_whose_capacity_ends_at_8_connections_gets_about_so_many()
    {
        Fill(large: 64 << 20);
        // Slow enough that two processors, of which others want some, never are the limit.
        _server.Speed = new S3ServerSpeed(TimeSpan.FromMilliseconds(5), TimeSpan.Zero, 8_000_000);
        _server.Faults.Add(new FaultRule { Operation = S3Operation.GetObject, Above = new FaultCapacity { AtOnce = 8 }, Times = FaultRule.Always, Effect = AnswerFault.SlowDown });
        Report report = await DoctorAsync("bucket");
        Assert.That(report.Failed, Is.Empty);
        await TestContext.Out.WriteLineAsync(report["throughput"].Detail);
        Assert.That(report["throughput"].Outcome, Is.EqualTo("warning"));
        Assert.That(report.MaxConnections, Is.InRange(4, 16), report["throughput"].Detail);
    }

    [Test]
    public async Task Tls_that_is_not_trusted_fails_and_is_trusted_when_it_is_named()
    {
        await _server.DisposeAsync();
        await StartAsync(new S3ServerOptions { UsesTls = true });
        Fill();
        await ExpectAsync("connection", "--ca-bundle");
        using var directory = new TempDirectory();
        Report report = await DoctorAsync("bucket", "--quick", "--ca-bundle", directory.Write("authority.pem", _server.AuthorityPem));
        Assert.That(report.Failed, Is.Empty);
        Assert.That(report["connection"].Detail, Does.Match("^127.0.0.1:[0-9]+, TCP in [0-9.]+ ms, TLS 1.[23] in [0-9.]+ ms$"));
    }

    [Test]
    public async Task A_handshake_that_is_never_answered_fails_in_time()
    {
        await _server.DisposeAsync();
        await StartAsync(new S3ServerOptions { UsesTls = true });
        _server.Tls = TlsMode.Stalled;
        await ExpectAsync("connection", "firewalls");
    }

    [Test]
    public async Task A_signal_ends_it_with_what_was_found(CancellationToken cancellationToken)
    {
        Fill();
        _server.Speed = _server.Speed with { Listing = TimeSpan.FromSeconds(60) };
        await using ChildProcess child = await ChildProcess.StartAsync(_program, ["doctor", "bucket", "--endpoint-url", _server.Url], Options);
        await RunningMount.UntilAsync(() => _server.Requests.Count(S3Operation.ListObjectsV2) > 0 && child.Output.Contains("  ok    credentials ", StringComparison.Ordinal), cancellationToken);
        ProcessSignals.Send(child.Id, 2);
        ChildResult result = await child.WaitAsync(TimeSpan.FromSeconds(30), cancellationToken);
        Assert.That((result.ExitCode, result.Error), Is.EqualTo((1, "")));
        Assert.That(result.Output, Does.Contain("  ok    credentials ").And.Not.Contain("may list").And.EndWith("skipped; stopped before the end\n"));
    }

    [Test]
    public async Task The_text_tells_the_same_and_each_failure_what_to_do()
    {
        Fill();
        _server.ClockOffset = TimeSpan.FromHours(2);
        _server.Faults.Always(S3Operation.GetObject, new AnswerFault(403) { Code = "AccessDenied" });
        ChildResult result = await ChildProcess.RunAsync(_program, ["doctor", "bucket", "--quick", "--endpoint-url", _server.Url], Options);
        Assert.That((result.ExitCode, result.Error), Is.EqualTo((1, "")));
        string[] blocks = System.Text.RegularExpressions.Regex.Split(result.Output, @"\n(?=  (?:ok|warn|FAIL|-) )");
        Assert.That(blocks.Where(block => block.StartsWith("  FAIL", StringComparison.Ordinal)).Select(block => block[8..24].Trim()), Is.EqualTo(new[] { "clock", "may read" }));
        Assert.That(blocks.Where(block => block.StartsWith("  FAIL", StringComparison.Ordinal) || block.StartsWith("  warn", StringComparison.Ordinal)), Has.All.Contains(" -> "));
        Assert.That(result.Output, Does.Not.Contain("\e"));
    }

    private async Task StartAsync(S3ServerOptions options) => _server = await S3TestServer.StartAsync(options);

    private void Fill(int large = 4 << 20)
    {
        S3Bucket bucket = _server.CreateBucket("bucket");
        bucket.Checksums = ChecksumAlgorithm.Crc32C;
        for (int i = 0; i < 4; i++)
            bucket.Put($"data/{i}", new byte[10_000]);
        bucket.Put(new ObjectKey("data/large"), new RampContent(0, large));
    }

    /// <summary>One check fails, and says what to do.</summary>
    private async Task<CheckReportText> ExpectAsync(string name, string advice, string bucket = "bucket", string? url = null)
    {
        Report report = await DoctorAtAsync(url ?? _server.Url, bucket, "--quick");
        Assert.That(report.Failed, Is.EqualTo(new[] { name }));
        Assert.That(report[name].Advice, Does.Contain(advice));
        Assert.That(report.Command, Is.Null.Or.Not.Empty);
        return report[name];
    }

    private Task<Report> DoctorAsync(params string[] arguments) => DoctorAtAsync(_server.Url, arguments);

    private async Task<Report> DoctorAtAsync(string url, params string[] arguments)
    {
        ChildResult result = await ChildProcess.RunAsync(_program, ["doctor", .. arguments, "--endpoint-url", url, "--json"], Options);
        Assert.That(result.Error, Is.Empty);
        var report = new Report(result.Output);
        Assert.That(result.ExitCode, Is.EqualTo(report.AllFailed.Length == 0 ? 0 : 1));
        return report;
    }

    private ChildProcessOptions Options => new() { Environment = _environment, Deadline = TimeSpan.FromSeconds(100) };

    private sealed record CheckReportText(string Outcome, string Detail, string? Advice);

    /// <summary>What <c>--json</c> says.</summary>
    private sealed class Report
    {
        private readonly Dictionary<string, CheckReportText> _checks;

        public Report(string json)
        {
            Text = json;
            using var document = JsonDocument.Parse(json);
            JsonElement root = document.RootElement;
            _checks = root.GetProperty("checks").EnumerateArray().ToDictionary(
                check => check.GetProperty("name").GetString()!,
                check => new CheckReportText(check.GetProperty("outcome").GetString()!, check.GetProperty("detail").GetString()!, check.TryGetProperty("advice", out JsonElement advice) ? advice.GetString() : null));
            Command = root.TryGetProperty("command", out JsonElement command) ? command.GetString() : null;
            MaxConnections = root.GetProperty("recommended").EnumerateArray().Where(one => one.GetProperty("option").GetString() == "--max-connections")
                .Select(one => int.Parse(one.GetProperty("value").GetString()!)).SingleOrDefault();
            Assert.That(_checks.Values.Where(check => check.Outcome is "failed" or "warning").Select(check => check.Advice), Has.None.Null.And.None.Empty);
        }

        public string Text { get; }

        public string? Command { get; }

        public int MaxConnections { get; }

        public string[] AllFailed => [.. _checks.Where(check => check.Value.Outcome == "failed").Select(check => check.Key)];

        public string[] Failed => [.. AllFailed.Where(_ofStore.Contains)];

        public CheckReportText this[string name] => _checks[name];
    }
}
