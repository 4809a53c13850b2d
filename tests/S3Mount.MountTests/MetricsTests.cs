using System.Net;
using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Text.RegularExpressions;
using S3Mount.MountTests.Mounting;
using S3Mount.MountTests.Stores;
using S3Mount.Testing;
using S3Mount.Testing.Processes;
using S3Mount.Testing.S3Server;
using S3Mount.Testing.S3Server.Faults;

namespace S3Mount.MountTests;

/// <summary>What a mount tells of itself: <c>--metrics-listen</c>, read by a real Prometheus, and the figures of <c>s3mount status</c>.</summary>
[Category("mount")]
[CancelAfter(180_000)]
public sealed class MetricsTests : MountTest
{
    private const string Bucket = "measured";
    private const int Files = 20;
    private const int FileSize = 300_000;

    private static readonly TimeSpan _patience = TimeSpan.FromSeconds(60);

    private readonly HttpClient _client = new() { Timeout = TimeSpan.FromSeconds(20) };
    private S3TestServer _server = null!;

    [SetUp]
    public async Task Start_a_store()
    {
        _server = await S3TestServer.StartAsync();
        S3Bucket bucket = _server.CreateBucket(Bucket);
        for (int i = 0; i < Files; i++)
            bucket.PutRamp($"dir/{i}", FileSize, seed: i);
        bucket.Put("denied", "nobody reads this");
        _server.Faults.Add(new FaultRule { Operation = S3Operation.GetObject, Key = "denied", Times = FaultRule.Always, Effect = new AnswerFault(403) { Code = "AccessDenied" } });
    }

    [TearDown]
    public async Task End_the_store() => await _server.DisposeAsync();

    [OneTimeTearDown]
    public void End_the_client() => _client.Dispose();

    [Test]
    public async Task Promtool_finds_nothing_to_say_of_the_metrics_of_a_mount_that_was_read()
    {
        using TempDirectory cache = NewDirectory();
        MountedBucket mount = await MountAsync("--metrics-listen", ":0", "--cache", cache["cache"], "--price-get", "0.4", "--price-gb", "90");
        await ReadAsync(mount);
        string metrics = await _client.GetStringAsync($"http://{AddressOf(mount)}/metrics");
        ChildResult check = await ChildProcess.RunAsync("/usr/bin/promtool", ["check", "metrics"], new ChildProcessOptions { Input = metrics, Deadline = _patience });
        Assert.That((check.ExitCode, check.Output, check.Error), Is.EqualTo((0, "", "")));
        Assert.That(Values(metrics, "s3mount_read_bytes_total"), Is.EqualTo((long)Files * FileSize));
        Assert.That(Values(metrics, "s3mount_store_read_bytes_total"), Is.EqualTo((long)Files * FileSize));
        Assert.That(Values(metrics, "s3mount_disk_cache_miss_bytes_total"), Is.EqualTo((long)Files * FileSize));
        Assert.That(metrics, Does.Contain("s3mount_fuse_request_errors_total{operation=\"read\",errno=\"EACCES\"} "));
        Assert.That(metrics, Does.Contain("s3mount_store_request_failures_total{operation=\"get\",cause=\"denied\"} "));
        Assert.That(metrics, Does.Match("s3mount_fuse_request_duration_seconds_count\\{operation=\"read\"\\} [1-9]"));
        Assert.That(metrics, Does.Match("s3mount_store_cost_total\\{of=\"bytes\"\\} 0.54\n"));
    }

    [Test]
    public async Task Every_expression_of_the_dashboard_is_answered_by_a_prometheus_that_scrapes_a_mount()
    {
        using TempDirectory directory = NewDirectory();
        MountedBucket mount = await MountAsync("--metrics-listen", "127.0.0.1:0", "--cache", directory["cache"], "--price-get", "0.4", "--price-list", "5", "--price-gb", "90");
        await using PrometheusServer prometheus = await PrometheusServer.StartAsync(AddressOf(mount), directory);
        // Rates are differences: something must have been seen before it grew. Errors are first seen when there is one.
        await Client.TryShellAsync("cat $1/denied", mount.Path);
        await Eventually.IsTrueAsync(async () => (await prometheus.QueryAsync("s3mount_fuse_request_errors_total{errno=\"EACCES\"}")).Length == 1, _patience, "the mount is scraped");
        await ReadAsync(mount);

        string[] expressions = Expressions();
        Assert.That(expressions, Has.Length.GreaterThan(25));
        foreach (string expression in expressions)
        {
            double[] values = [];
            await Eventually.IsTrueAsync(async () => (values = await prometheus.QueryAsync(expression)).Any(double.IsFinite), _patience, $"there is data for {expression}");
            Assert.That(values.Where(double.IsFinite), Is.All.GreaterThanOrEqualTo(0), expression);
        }
        await Eventually.IsTrueAsync(
            async () => (await prometheus.QueryAsync("sum(s3mount_read_bytes_total)")).Contains((double)Files * FileSize), _patience, "it has seen every byte");
        Assert.That(await prometheus.QueryAsync("histogram_quantile(0.99, sum by (le) (s3mount_store_request_duration_seconds_bucket{operation=\"get\"})) < 60"), Has.Length.EqualTo(1));
    }

    [Test]
    public async Task A_mount_is_ready_when_it_answers_and_its_port_stays_its_own()
    {
        using var gate = new Gate();
        _server.Faults.Add(new FaultRule { Operation = S3Operation.ListObjectsV2, Times = 1, Effect = new HoldFault(gate) });
        string address = $"127.0.0.1:{PrometheusServer.FreePort()}";
        Task<MountedBucket> mounting = MountAsync("--metrics-listen", address);
        await gate.WaitForArrivalsAsync(1, TestContext.CurrentContext.CancellationToken);
        Assert.That(await AskAsync(address, "healthz"), Is.EqualTo((HttpStatusCode.OK, "ok\n")));
        (HttpStatusCode status, string reason) = await AskAsync(address, "readyz");
        Assert.That((status, reason), Is.EqualTo((HttpStatusCode.ServiceUnavailable, reason)));
        Assert.That(reason, Does.EndWith(" is not mounted yet: the store is being looked at\n"));
        gate.Open();
        MountedBucket mount = await mounting;
        Assert.That(await AskAsync(address, "readyz"), Is.EqualTo((HttpStatusCode.OK, "ready\n")));

        using TempDirectory other = NewDirectory();
        ChildResult second = await ProgramUnderTest.RunAsync([Bucket, other.Path, "--endpoint-url", _server.Url, "--metrics-listen", address], StoreAddress.Of(_server));
        Assert.That((second.ExitCode, second.Output), Is.EqualTo((1, "")));
        Assert.That(second.Error, Is.EqualTo($"s3mount: --metrics-listen: {address} cannot be listened on: another program, or another mount, has that port: choose another one, or 0 for any that is free\n"));
        Assert.That(MountedPaths.Contains(other.Path), Is.False);

        await mount.EndAsync();
        MountedBucket next = await MountAsync("--metrics-listen", address);
        Assert.That((await AskAsync(address, "readyz")).Status, Is.EqualTo(HttpStatusCode.OK), "a port that was just used can be used again");
        await next.EndAsync();
    }

    [Test]
    public async Task Clients_that_say_nothing_do_not_keep_a_mount_from_reading_or_ending()
    {
        MountedBucket mount = await MountAsync("--metrics-listen", ":0");
        IPEndPoint address = IPEndPoint.Parse(AddressOf(mount));
        var silent = new List<System.Net.Sockets.TcpClient>();
        for (int i = 0; i < 40; i++)
        {
            var client = new System.Net.Sockets.TcpClient();
            silent.Add(client);
            await client.ConnectAsync(address);
        }
        await ReadAsync(mount);
        await mount.EndAsync();
        silent.ForEach(client => client.Dispose());
    }

    [Test]
    public async Task Neither_metrics_nor_a_start_look_at_what_is_open_on_a_disk_that_hangs()
    {
        MountedBucket disk = await MountAsync("--metadata-ttl", "0");
        // What is open there is inherited, as a log or a cache would be opened; then nobody answers for it any more.
        const string Hang = "exec 9<\"$1\"; kill -STOP \"$2\"; shift 2; exec \"$@\"";
        string[] begin = ["-c", Hang, "bash", disk["dir/1"], disk.DaemonId.ToString(System.Globalization.CultureInfo.InvariantCulture), ProgramUnderTest.Path];
        string[] arguments = [Bucket, NewDirectory().CreateDirectory("mnt"), "--endpoint-url", _server.Url, "--metrics-listen"];
        string address = $"127.0.0.1:{PrometheusServer.FreePort()}";
        var options = new ChildProcessOptions { Environment = StoreAddress.Of(_server).Environment, Deadline = _patience };
        try
        {
            await using ChildProcess daemon = await ChildProcess.StartAsync("/bin/bash", [.. begin, "-f", .. arguments, address], options);
            await Eventually.IsTrueAsync(() => daemon.HasExited || daemon.Error.Contains(" is mounted at ", StringComparison.Ordinal), _patience, "it is mounted");
            string metrics = await _client.GetStringAsync($"http://{address}/metrics");
            string open = (await Client.ShellAsync("ls -U \"/proc/$1/fd\" | wc -l", daemon.Id.ToString(System.Globalization.CultureInfo.InvariantCulture))).Output;
            Assert.That(Values(metrics, "process_open_fds"), Is.EqualTo(int.Parse(open, System.Globalization.CultureInfo.InvariantCulture)).Within(10));
            Assert.That(await AskAsync(address, "healthz"), Is.EqualTo((HttpStatusCode.OK, "ok\n")));
            (await ProgramUnderTest.RunAsync(["umount", arguments[1]])).EnsureSuccess();
            Assert.That((await daemon.WaitAsync(_patience)).ExitCode, Is.Zero, daemon.Error);

            ProcessSignals.Send(disk.DaemonId, ProcessSignals.Continue);
            (await ChildProcess.RunAsync("/bin/bash", [.. begin, .. arguments, address], options)).EnsureSuccess();
            (await ProgramUnderTest.RunAsync(["umount", arguments[1]])).EnsureSuccess();
        }
        finally
        {
            ProcessSignals.Send(disk.DaemonId, ProcessSignals.Continue);
            if (MountedPaths.Contains(arguments[1]))
                await ChildProcess.RunAsync("umount", ["-l", arguments[1]]);
        }
    }

    [Test]
    public async Task Metrics_are_sent_by_OTLP_to_whom_the_environment_names()
    {
        using var receiver = new OtlpReceiver(PrometheusServer.FreePort());
        MountedBucket mount = await MountAsync(new MountSetup
        {
            Store = StoreAddress.Of(_server),
            Target = Bucket,
            Environment = new Dictionary<string, string?>
            {
                ["OTEL_EXPORTER_OTLP_ENDPOINT"] = receiver.Url,
                ["OTEL_EXPORTER_OTLP_PROTOCOL"] = "http/protobuf",
                ["OTEL_METRIC_EXPORT_INTERVAL"] = "200",
                ["OTEL_RESOURCE_ATTRIBUTES"] = "team=training",
            },
        });
        await ReadAsync(mount);
        string[] names = ["s3mount.fuse.requests", "s3mount.fuse.request.duration", "s3mount.read", "s3mount.store.requests", "s3mount.store.request.duration", "s3mount.store.first_byte", "s3mount.memory.budget", "EACCES", "team", "training"];
        await Eventually.IsTrueAsync(
            () => receiver.Received.Any(sent => names.All(name => sent.Body.AsSpan().IndexOf(System.Text.Encoding.UTF8.GetBytes(name)) >= 0)), _patience, "one message has all of it");
        Assert.That(receiver.Received.Select(sent => (sent.Path, sent.ContentType)), Is.All.EqualTo(("/v1/metrics", "application/x-protobuf")));
        await mount.EndAsync();
        Assert.That(mount.Log, Does.Not.Contain("metrics could not be sent"));
    }

    [Test]
    public async Task A_collector_that_is_not_there_is_said_and_holds_nothing_up()
    {
        string collector = $"http://127.0.0.1:{PrometheusServer.FreePort()}";
        MountedBucket mount = await MountAsync(new MountSetup
        {
            Store = StoreAddress.Of(_server),
            Target = Bucket,
            Environment = new Dictionary<string, string?>
            {
                ["OTEL_EXPORTER_OTLP_ENDPOINT"] = collector,
                ["OTEL_EXPORTER_OTLP_PROTOCOL"] = "http/protobuf",
                ["OTEL_METRIC_EXPORT_INTERVAL"] = "200",
            },
        });
        await ReadAsync(mount);
        await Eventually.IsTrueAsync(() => mount.Log.Contains("WARN metrics could not be sent by OTLP", StringComparison.Ordinal), _patience, "the log says so");
        await mount.EndAsync();
        string[] said = [.. mount.Log.Split('\n').Where(line => line.Contains("could not be sent by OTLP", StringComparison.Ordinal))];
        Assert.That(said, Has.Length.EqualTo(1), "once a minute at most");
        Assert.That(said[0], Does.Contain(collector).And.Contain("Connection refused"));
    }

    [Test]
    public async Task Variables_of_OpenTelemetry_that_mean_nothing_are_said_and_leave_the_mount_as_it_is()
    {
        MountedBucket mount = await MountAsync(new MountSetup
        {
            Store = StoreAddress.Of(_server),
            Target = Bucket,
            Environment = new Dictionary<string, string?>
            {
                ["OTEL_EXPORTER_OTLP_ENDPOINT"] = "not a url",
                ["OTEL_EXPORTER_OTLP_PROTOCOL"] = "carrier/pigeon",
                ["OTEL_EXPORTER_OTLP_HEADERS"] = "==,,",
                ["OTEL_METRIC_EXPORT_INTERVAL"] = "soon",
            },
        });
        await ReadAsync(mount);
        Assert.That(mount.Log, Does.Contain("WARN metrics could not be sent by OTLP: "));
        await mount.EndAsync();
    }

    [Test]
    public async Task Status_tells_what_was_read_how_long_it_took_and_what_it_cost()
    {
        MountedBucket mount = await MountAsync("--price-get", "1000", "--price-list", "0", "--price-gb", "1000", "--metadata-ttl", "1h");
        await ReadAsync(mount);
        ChildResult result = await ProgramUnderTest.RunAsync(["status", mount.Path, "--json"]);
        JsonElement status = JsonDocument.Parse(result.EnsureSuccess().Output).RootElement[0].GetProperty("status");
        JsonElement reads = status.GetProperty("reads");
        Assert.That(reads.GetProperty("memoryBytes").GetInt64() + reads.GetProperty("fetchedBytes").GetInt64(), Is.EqualTo((long)Files * FileSize));
        JsonElement figures = status.GetProperty("figures");
        JsonElement get = figures.GetProperty("storeLatency").GetProperty("GET");
        Assert.That(get.GetProperty("count").GetInt64(), Is.EqualTo(Files));
        Assert.That(get.GetProperty("p50").GetDouble(), Is.GreaterThan(0).And.LessThanOrEqualTo(get.GetProperty("p99").GetDouble()));
        Assert.That(figures.GetProperty("kernelLatency").GetProperty("READ").GetProperty("count").GetInt64(), Is.EqualTo(status.GetProperty("kernel").GetProperty("operations").GetProperty("READ").GetInt64()));
        Assert.That(figures.GetProperty("lastStoreFailure").GetProperty("reason").GetString(), Is.EqualTo("403 AccessDenied"));
        Assert.That(figures.GetProperty("waits").GetProperty("blocks").GetDouble(), Is.GreaterThan(0));
        long gets = status.GetProperty("store").GetProperty("gets").GetInt64();
        Assert.That(status.GetProperty("cost").GetProperty("total").GetDecimal(), Is.EqualTo(gets + (decimal)(Files * FileSize) / 1_000_000));
        Assert.That(status.GetProperty("options").GetProperty("metadata-ttl").GetString(), Is.EqualTo("1h"));
        string text = (await ProgramUnderTest.RunAsync(["status", mount.Path])).EnsureSuccess().Output;
        await TestContext.Out.WriteLineAsync(text);
        Assert.That(text, Does.Match(@"\n                median \(99 %\): .*READ [^\n]*\n").And.Contain("READ EACCES").And.Match(@"\n  cost          \d"));
        Assert.That(text.Split('\n'), Has.Length.LessThan(26));
    }

    private Task<MountedBucket> MountAsync(params string[] arguments) =>
        MountAsync(new MountSetup { Store = StoreAddress.Of(_server), Target = Bucket, Arguments = arguments });

    private static async Task ReadAsync(MountedBucket mount)
    {
        ChildResult read = await Client.TryShellAsync("cat $1/dir/* | wc -c; cat $1/denied", mount.Path);
        Assert.That((read.Output, read.Error), Is.EqualTo(($"{Files * FileSize}\n", $"cat: {mount["denied"]}: Permission denied\n")));
    }

    private static string AddressOf(MountedBucket mount) => Regex.Match(mount.Log, "metrics are served at http://([^/]+)/metrics").Groups[1].Value;

    private async Task<(HttpStatusCode Status, string Text)> AskAsync(string address, string path)
    {
        using HttpResponseMessage response = await _client.GetAsync($"http://{address}/{path}");
        return (response.StatusCode, await response.Content.ReadAsStringAsync());
    }

    // The sum of a family's samples.
    private static long Values(string metrics, string name) =>
        Regex.Matches(metrics, $"^{name}(?:\\{{[^}}]*\\}})? (\\d+)$", RegexOptions.Multiline).Sum(match => long.Parse(match.Groups[1].Value, System.Globalization.CultureInfo.InvariantCulture));

    private static string[] Expressions([CallerFilePath] string file = "")
    {
        string path = Path.GetFullPath(Path.Combine(Path.GetDirectoryName(file)!, "../../packaging/grafana/s3mount.json"));
        using var dashboard = JsonDocument.Parse(File.ReadAllText(path));
        return
        [
            .. dashboard.RootElement.GetProperty("panels").EnumerateArray()
                .SelectMany(panel => panel.GetProperty("targets").EnumerateArray())
                .Select(target => target.GetProperty("expr").GetString()!.Replace("$__rate_interval", "1m", StringComparison.Ordinal).Replace("$instance", ".*", StringComparison.Ordinal)),
        ];
    }
}
