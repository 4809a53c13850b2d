using System.Net.Sockets;
using S3Mount.Doctor;
using S3Mount.ObjectStore;
using S3Mount.ObjectStore.S3;
using S3Mount.Testing.Objects;

namespace S3Mount.Tests.Doctor;

/// <summary>Each check of the store and its speed, on stores that are well and on such that are not.</summary>
[TestFixture]
[CancelAfter(20_000)]
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
internal sealed class StoreChecksTests
{
    private readonly StoreRig _rig = new();

    [Test]
    public async Task A_store_that_is_well_passes_all(CancellationToken cancellationToken)
    {
        IReadOnlyDictionary<string, CheckReport> reports = await _rig.RunAsync(cancellationToken);
        Assert.That(reports.Values.Where(report => report.Outcome != CheckOutcome.Ok).Select(report => report.Name), Is.EqualTo(new[] { "throughput" }));
        Assert.That(reports.Keys, Has.All.Matches<string>(name => name.Length < DoctorText.NameWidth));
        Assert.That(reports["endpoint"].Detail, Is.EqualTo("https://bucket.store.example (AWS_ENDPOINT_URL), the bucket in its host name; region eu-west-1 (AWS_REGION)"));
        Assert.That(reports["name"].Detail, Does.Match("^bucket.store.example: 127.0.0.1, in [0-9.]+ m?s$"));
        Assert.That(reports["connection"].Detail, Is.EqualTo("127.0.0.1:443, TCP in 0.5 ms, TLS 1.3 in 3 ms"));
        Assert.That(reports["clock"].Detail, Is.EqualTo("within 1 s of the store's"));
        Assert.That(reports["credentials"].Detail, Is.EqualTo("access key AKIDEXAMPLE from profile work"));
        Assert.That(reports["may list"].Detail, Is.EqualTo("s3://bucket/p/: 1 key in the first page, and that is all"));
        Assert.That(reports["may read"].Detail, Is.EqualTo("p/a, 10 bytes"));
        Assert.That(reports["round trip"].Detail, Is.EqualTo("1.5 ms, the shortest of 2 (requests that the store refuses)"));
    }

    [Test]
    public async Task What_builds_on_an_endpoint_that_is_not_known_is_skipped(CancellationToken cancellationToken)
    {
        _rig.Access = _rig.Access with { ResolveAsync = _ => throw new ObjectStoreException(ObjectStoreFailure.Rejected, "--endpoint-url: 'x' is not a URL") };
        IReadOnlyDictionary<string, CheckReport> reports = await _rig.RunAsync(cancellationToken);
        Assert.That(reports["endpoint"].Outcome, Is.EqualTo(CheckOutcome.Failed));
        Assert.That(reports.Values.Skip(1).Select(report => report.Outcome), Is.All.EqualTo(CheckOutcome.Skipped));
    }

    [Test]
    public async Task A_file_of_the_profile_that_cannot_be_read_is_told(CancellationToken cancellationToken)
    {
        _rig.Place = _rig.Place with { Problems = ["/home/x/.aws/config cannot be read: permission denied"] };
        CheckReport report = await ReportAsync("endpoint", CheckOutcome.Warning, cancellationToken);
        Assert.That(report.Detail, Does.EndWith("; /home/x/.aws/config cannot be read: permission denied"));
    }

    [Test]
    public async Task A_proxy_is_told_without_its_password(CancellationToken cancellationToken)
    {
        _rig.Variables["https_proxy"] = "http://user:secret@proxy.example:3128";
        _rig.Proxy = new Uri(_rig.Variables["https_proxy"]);
        CheckReport report = await ReportAsync("proxy", CheckOutcome.Warning, cancellationToken);
        Assert.That((report.Detail, report.Advice), Is.EqualTo(
            ("requests go through http://***@proxy.example:3128 (https_proxy)", "every byte passes it: if the store can be reached without, set NO_PROXY=bucket.store.example")));
    }

    [Test]
    public async Task A_proxy_that_is_not_used_is_told(CancellationToken cancellationToken)
    {
        _rig.Variables["HTTPS_PROXY"] = "http://proxy.example:3128";
        Assert.That((await ReportAsync("proxy", CheckOutcome.Ok, cancellationToken)).Detail, Is.EqualTo("none for this store, though HTTPS_PROXY is set"));
    }

    [Test]
    public async Task A_host_without_an_address_fails_and_says_where_it_came_from(CancellationToken cancellationToken)
    {
        _rig.Hosts.Clear();
        CheckReport report = await ReportAsync("name", CheckOutcome.Failed, cancellationToken);
        Assert.That((report.Detail, report.Advice), Is.EqualTo(("bucket.store.example has no address", "check the spelling (AWS_ENDPOINT_URL, AWS_REGION) and the resolver: getent hosts bucket.store.example")));
        Assert.That(_rig.Findings.NeedsPathStyle, Is.False);
    }

    [Test]
    public async Task A_store_without_a_host_for_each_bucket_needs_the_path_style(CancellationToken cancellationToken)
    {
        _rig.Hosts.Remove("bucket.store.example");
        CheckReport report = await ReportAsync("name", CheckOutcome.Failed, cancellationToken);
        Assert.That((report.Detail, report.Advice), Is.EqualTo(("bucket.store.example has no address, but store.example has", "ask for the bucket in the path: --force-path-style")));
        Assert.That(Recommendations.Of(_rig.Findings, null, 0).Select(one => one.Option), Is.EqualTo(new[] { "--force-path-style" }));
    }

    [TestCase(HttpRequestError.ConnectionError, SocketError.ConnectionRefused, "nothing listens there")]
    [TestCase(HttpRequestError.ConnectionError, SocketError.TimedOut, "routes, security groups and firewalls")]
    [TestCase(HttpRequestError.SecureConnectionError, null, "--ca-bundle")]
    [TestCase(HttpRequestError.ProxyTunnelError, SocketError.ConnectionRefused, "HTTPS_PROXY")]
    [TestCase(HttpRequestError.ResponseEnded, SocketError.ConnectionReset, "--endpoint-url http://bucket.store.example")]
    public async Task A_connection_that_fails_says_what_to_do(HttpRequestError error, SocketError? socketError, string advice, CancellationToken cancellationToken)
    {
        Exception inner = socketError is { } code ? new SocketException((int)code) : new System.Security.Authentication.AuthenticationException("not trusted");
        _rig.Access = _rig.Access with { ContactAsync = _ => throw new HttpRequestException(error, "no", inner) };
        CheckReport report = await ReportAsync("connection", CheckOutcome.Failed, cancellationToken);
        Assert.That(report.Advice, Does.Contain(advice));
        Assert.That(report.Detail, Is.EqualTo($"https://bucket.store.example: {inner.Message}"));
    }

    [TestCase(30, CheckOutcome.Ok, "within 30 s of the store's")]
    [TestCase(-90, CheckOutcome.Warning, "90 s ahead of the store's")]
    [TestCase(3600, CheckOutcome.Failed, "60 min behind the store's: S3 refuses requests from 15 min on; a mount goes on with the store's time, other programs fail")]
    public async Task Clocks_may_differ_a_little(int seconds, CheckOutcome outcome, string detail, CancellationToken cancellationToken)
    {
        _rig.Contact = _rig.Contact with { ClockOffset = TimeSpan.FromSeconds(seconds) };
        Assert.That((await ReportAsync("clock", outcome, cancellationToken)).Detail, Is.EqualTo(detail));
    }

    [Test]
    public async Task Credentials_that_end_are_told([Values(-60, 60, null)] int? minutes, CancellationToken cancellationToken)
    {
        DateTimeOffset? end = minutes is { } left ? _rig.Time.GetUtcNow().AddMinutes(left) : null;
        _rig.Identity = new S3Identity("the container", "ASIAEXAMPLE", HasToken: true, end, IsRenewable: end is not null);
        CheckOutcome outcome = minutes switch { < 0 => CheckOutcome.Failed, > 0 => CheckOutcome.Ok, _ => CheckOutcome.Warning };
        CheckReport report = await ReportAsync("credentials", outcome, cancellationToken);
        Assert.That(report.Detail, Does.StartWith("access key ASIAEXAMPLE from the container, "));
    }

    [Test]
    public async Task Missing_credentials_fail_and_the_bucket_is_not_asked(CancellationToken cancellationToken)
    {
        _rig.Access = _rig.Access with { SignInAsync = _ => throw new ObjectStoreException(ObjectStoreFailure.NoCredentials, "no credentials were found"), OpenAsync = _ => throw new InvalidOperationException() };
        IReadOnlyDictionary<string, CheckReport> reports = await _rig.RunAsync(cancellationToken);
        Assert.That((reports["credentials"].Outcome, reports["may list"].Detail), Is.EqualTo((CheckOutcome.Failed, "there are no credentials")));
    }

    [Test]
    public async Task A_bucket_in_another_region_is_a_warning_where_it_was_followed(CancellationToken cancellationToken)
    {
        _rig.Opened = _rig.Opened with { Region = "us-west-2" };
        CheckReport report = await ReportAsync("region", CheckOutcome.Warning, cancellationToken);
        Assert.That((report.Detail, report.Advice), Is.EqualTo(("the bucket is in us-west-2, not in eu-west-1 (AWS_REGION): each start asks there first", "--region us-west-2")));
        Assert.That(Recommendations.Of(_rig.Findings, null, 0).Select(one => (one.Option, one.Value)), Has.Member(("--region", "us-west-2")));
    }

    [Test]
    public async Task A_bucket_in_another_region_fails_where_it_could_not_be_followed(CancellationToken cancellationToken)
    {
        _rig.Access = _rig.Access with { OpenAsync = _ => throw new ObjectStoreException(ObjectStoreFailure.WrongRegion, "elsewhere") };
        IReadOnlyDictionary<string, CheckReport> reports = await _rig.RunAsync(cancellationToken);
        Assert.That((reports["region"].Outcome, reports["region"].Detail), Is.EqualTo((CheckOutcome.Failed, "elsewhere")));
        Assert.That((reports["may list"].Outcome, reports["may list"].Detail), Is.EqualTo((CheckOutcome.Skipped, "the bucket is in another region")));
    }

    [TestCase(ObjectStoreFailure.NoSuchBucket, "aws s3 ls")]
    [TestCase(ObjectStoreFailure.AccessDenied, "s3:ListBucket")]
    [TestCase(ObjectStoreFailure.Unavailable, "--endpoint-url")]
    public async Task A_bucket_that_cannot_be_listed_fails_once(ObjectStoreFailure failure, string advice, CancellationToken cancellationToken)
    {
        int opened = 0;
        _rig.Access = _rig.Access with
        {
            OpenAsync = _ =>
            {
                opened++;
                throw new ObjectStoreException(failure, "what happened");
            },
        };
        IReadOnlyDictionary<string, CheckReport> reports = await _rig.RunAsync(cancellationToken);
        Assert.That((reports["may list"].Outcome, reports["may list"].Detail, opened), Is.EqualTo((CheckOutcome.Failed, "what happened", 1)));
        Assert.That(reports["may list"].Advice, Does.Contain(advice));
        foreach (string name in (string[])["may read", "checksums", "listing", "first byte"])
            Assert.That(reports[name].Outcome, Is.EqualTo(CheckOutcome.Skipped), name);
    }

    [Test]
    public async Task An_empty_prefix_is_a_warning(CancellationToken cancellationToken)
    {
        _rig.Store.Delete("p/a");
        IReadOnlyDictionary<string, CheckReport> reports = await _rig.RunAsync(cancellationToken);
        Assert.That((reports["may list"].Outcome, reports["may list"].Detail), Is.EqualTo((CheckOutcome.Warning, "there is nothing under s3://bucket/p/")));
        Assert.That((reports["may read"].Outcome, reports["may read"].Detail), Is.EqualTo((CheckOutcome.Skipped, "there is no object")));
    }

    [Test]
    public async Task Archived_objects_are_named_by_their_class_and_not_read(CancellationToken cancellationToken)
    {
        _rig.Store.Put(new StoredObject { Key = new ObjectKey("p/0"), Content = new BytesContent(new byte[] { 1 }), LastModified = DateTimeOffset.UnixEpoch, StorageClass = "DEEP_ARCHIVE" });
        CheckReport some = await ReportAsync("may read", CheckOutcome.Warning, cancellationToken);
        Assert.That(some.Detail, Is.EqualTo("p/a, 10 bytes; but 1 of 2 objects are archived (DEEP_ARCHIVE)"));
        _rig.Store.Delete("p/a");
        var alone = new StoreRig();
        alone.Store.Delete("p/a");
        alone.Store.Put(new StoredObject { Key = new ObjectKey("p/0"), Content = new BytesContent(new byte[] { 1 }), LastModified = DateTimeOffset.UnixEpoch, StorageClass = "GLACIER" });
        CheckReport all = (await alone.RunAsync(cancellationToken))["may read"];
        Assert.That((all.Outcome, all.Detail), Is.EqualTo((CheckOutcome.Warning, "all of 1 objects are archived (GLACIER)")));
        Assert.That(alone.Store.Gets, Is.Zero);
    }

    [Test]
    public async Task An_object_that_may_not_be_read_fails(CancellationToken cancellationToken)
    {
        _rig.Store.OnRead = (_, _) => throw new ObjectStoreException(ObjectStoreFailure.AccessDenied, "access to p/a is denied");
        IReadOnlyDictionary<string, CheckReport> reports = await _rig.RunAsync(cancellationToken);
        Assert.That((reports["may read"].Outcome, reports["may read"].Detail), Is.EqualTo((CheckOutcome.Failed, "access to p/a is denied")));
        Assert.That(reports["may read"].Advice, Does.Contain("s3:GetObject"));
        Assert.That(reports["first byte"].Outcome, Is.EqualTo(CheckOutcome.Skipped));
    }

    [Test]
    public async Task An_object_that_was_deleted_meanwhile_makes_way_for_the_next(CancellationToken cancellationToken)
    {
        _rig.Store.Put("p/b", "second");
        _rig.Store.OnRead = (call, _) => call.Key == new ObjectKey("p/a") ? throw new ObjectStoreException(ObjectStoreFailure.NotFound, "gone") : ValueTask.CompletedTask;
        Assert.That((await ReportAsync("may read", CheckOutcome.Ok, cancellationToken)).Detail, Is.EqualTo("p/b, 6 bytes"));
    }

    [Test]
    public async Task Checksums_that_come_are_told_and_where_nothing_else_helps_those_that_do_not(CancellationToken cancellationToken)
    {
        long compared = 0;
        _rig.Opened = _rig.Opened with { Compared = () => compared++ };
        Assert.That((await ReportAsync("checksums", CheckOutcome.Ok, cancellationToken)).Detail, Is.EqualTo("come with small objects, and are compared"));
        var plain = new StoreRig();
        plain.Place = plain.Place with { Address = new Uri("http://store.example/bucket") };
        Assert.That((await plain.RunAsync(cancellationToken))["checksums"].Outcome, Is.EqualTo(CheckOutcome.Warning));
    }

    [Test]
    public async Task A_store_that_closes_connections_is_told(CancellationToken cancellationToken)
    {
        _rig.Contact = _rig.Contact with { RoundTrips = [] };
        await ReportAsync("round trip", CheckOutcome.Warning, cancellationToken);
    }

    [Test]
    public async Task Listing_is_counted_over_pages_and_ends_in_time(CancellationToken cancellationToken)
    {
        for (int i = 0; i < 100; i++)
            _rig.Store.Put($"p/{i}", "x");
        _rig.Store.PageSize = 10;
        _rig.Store.OnList = (_, _) =>
        {
            _rig.Time.Advance(TimeSpan.FromSeconds(1));
            return ValueTask.CompletedTask;
        };
        CheckReport report = await ReportAsync("listing", CheckOutcome.Ok, cancellationToken);
        Assert.That(report.Detail, Is.EqualTo("10 keys/s, 1.0 s a page, one page after another (50 keys of more); a mount asks for several at once"));
        Assert.That(Recommendations.Of(_rig.Findings, null, 0).Select(one => (one.Option, one.Value)), Has.Member(("--metadata-ttl", "1h")));
    }

    [Test]
    public async Task Slow_first_bytes_are_a_warning_and_end_in_time(CancellationToken cancellationToken)
    {
        _rig.Store.OnRead = (_, _) =>
        {
            _rig.Time.Advance(TimeSpan.FromSeconds(0.8));
            return ValueTask.CompletedTask;
        };
        CheckReport report = await ReportAsync("first byte", CheckOutcome.Warning, cancellationToken);
        Assert.That(report.Detail, Is.EqualTo("800 ms in the middle, 800 ms for 99 of 100 (4 reads of 4 KiB)"));
    }

    [Test]
    public async Task Too_little_to_read_is_not_measured(CancellationToken cancellationToken)
    {
        var rig = new StoreRig { IsQuick = false };
        CheckReport report = (await rig.RunAsync(cancellationToken))["throughput"];
        Assert.That((report.Outcome, report.Detail), Is.EqualTo((CheckOutcome.Skipped, "all that was listed is 10 B, too little to measure")));
    }

    private async Task<CheckReport> ReportAsync(string name, CheckOutcome outcome, CancellationToken cancellationToken)
    {
        CheckReport report = (await _rig.RunAsync(cancellationToken))[name];
        Assert.That(report.Outcome, Is.EqualTo(outcome), report.Detail);
        if (outcome is CheckOutcome.Failed or CheckOutcome.Warning)
            Assert.That(report.Advice, Is.Not.Empty);
        return report;
    }
}
