using System.Net;
using S3Mount.ObjectStore.S3;
using S3Mount.ObjectStore.Tests.Wire;
using S3Mount.Testing;

namespace S3Mount.ObjectStore.Tests.S3;

/// <summary>What is put right between two tries: credentials, clock, region, a HEAD that says nothing.</summary>
internal sealed class RecoveryTests
{
    private static readonly ListPageRequest _list = new() { Prefix = new ObjectKey("p/") };
    private static readonly AwsCredentials _old = new("OLD", "secret", "token");
    private static readonly AwsCredentials _new = new("NEW", "secret2", "token2");

    [TestCase(HttpStatusCode.BadRequest, "ExpiredToken")]
    [TestCase(HttpStatusCode.Forbidden, "ExpiredToken")]
    [TestCase(HttpStatusCode.Forbidden, "AccessDenied")]
    [TestCase(HttpStatusCode.Forbidden, "InvalidAccessKeyId")]
    [TestCase(HttpStatusCode.Unauthorized, "")]
    [CancelAfter(10_000)]
    public async Task Refused_credentials_are_renewed_once(HttpStatusCode status, string code, CancellationToken cancellationToken)
    {
        var source = new FixedCredentials(_old, _new);
        var used = new List<string>();
        var handler = new StubHandler((request, index) =>
        {
            string authorization = request.Headers.GetValues("Authorization").Single();
            used.Add(authorization.Contains("Credential=NEW/", StringComparison.Ordinal) ? "NEW" : "OLD");
            return index > 0 && used[^1] == "OLD" ? StubHandler.Error(status, code) : StubHandler.EmptyPage();
        });
        await using S3ObjectStore store = await OpenAsync(handler, source, cancellationToken);
        await store.ListPageAsync(_list, cancellationToken);
        Assert.That(used, Is.EqualTo(new[] { "OLD", "OLD", "NEW" }));
        Assert.That(source.Fetches, Is.EqualTo(2));
    }

    [TestCase("ExpiredToken")]
    [TestCase("TokenRefreshRequired")]
    [CancelAfter(10_000)]
    public async Task Expired_credentials_are_waited_for_until_there_are_newer_ones(string code, CancellationToken cancellationToken)
    {
        var time = new FakeTimeProvider();
        var source = new LateCredentials(_old, _new, () => time.GetElapsedTime(0) > TimeSpan.FromSeconds(95));
        var handler = new StubHandler((request, index) =>
            index > 0 && request.Headers.GetValues("Authorization").Single().Contains("Credential=OLD/", StringComparison.Ordinal)
                ? StubHandler.Error(HttpStatusCode.BadRequest, code)
                : StubHandler.EmptyPage());
        await using S3ObjectStore store = await OpenAsync(handler, source, cancellationToken, time);
        await time.AdvanceUntilAsync(store.ListPageAsync(_list, cancellationToken).AsTask(), Stores.LongestWait, cancellationToken);
        Assert.That(time.GetElapsedTime(0), Is.LessThan(TimeSpan.FromSeconds(95 + 25)));
        Assert.That(source.Fetches, Is.InRange(3, 15));
    }

    [Test, CancelAfter(10_000)]
    public async Task Expired_credentials_that_stay_are_an_error_at_the_deadline_and_not_before(CancellationToken cancellationToken)
    {
        var time = new FakeTimeProvider();
        var handler = new StubHandler((_, index) => index == 0 ? StubHandler.EmptyPage() : StubHandler.Error(HttpStatusCode.BadRequest, "ExpiredToken"));
        await using S3ObjectStore store = await OpenAsync(handler, new FixedCredentials(_old), cancellationToken, time);
        ObjectStoreException failure = Assert.ThrowsAsync<ObjectStoreException>(() =>
            time.AdvanceUntilAsync(store.ListPageAsync(_list, cancellationToken).AsTask(), Stores.LongestWait, cancellationToken))!;
        Assert.That(failure.Failure, Is.EqualTo(ObjectStoreFailure.AccessDenied));
        Assert.That(failure.Message, Does.Contain("expired"));
        Assert.That(time.GetElapsedTime(0), Is.GreaterThan(TimeSpan.FromMinutes(4.8)));
    }

    [Test, CancelAfter(10_000)]
    public async Task Denied_keys_ask_for_new_credentials_once_a_minute_at_most(CancellationToken cancellationToken)
    {
        var source = new FixedCredentials(_old);
        var time = new FakeTimeProvider();
        var handler = new StubHandler((_, index) => index == 0 ? StubHandler.EmptyPage() : StubHandler.Error(HttpStatusCode.Forbidden, "AccessDenied"));
        await using S3ObjectStore store = await OpenAsync(handler, source, cancellationToken, time);
        for (int i = 0; i < 10; i++)
            Assert.That(async () => await store.ListPageAsync(_list, cancellationToken), Throws.InstanceOf<ObjectStoreException>().With.Property("Failure").EqualTo(ObjectStoreFailure.AccessDenied));
        Assert.That(source.Fetches, Is.EqualTo(2));
        time.Advance(TimeSpan.FromMinutes(1.1));
        Assert.That(async () => await store.ListPageAsync(_list, cancellationToken), Throws.InstanceOf<ObjectStoreException>());
        Assert.That(source.Fetches, Is.EqualTo(3));
        Assert.That(handler.Addresses, Has.Count.EqualTo(12));
    }

    [Test, CancelAfter(10_000)]
    public async Task Credentials_about_to_expire_are_asked_for_behind_and_expired_ones_before_the_request(CancellationToken cancellationToken)
    {
        var time = new FakeTimeProvider();
        var source = new ExpiringCredentials(time, TimeSpan.FromMinutes(10));
        var handler = new StubHandler((_, _) => StubHandler.EmptyPage());
        await using S3ObjectStore store = await OpenAsync(handler, source, cancellationToken, time);
        await store.ListPageAsync(_list, cancellationToken);
        Assert.That(source.Fetches, Is.EqualTo(1));
        time.Advance(TimeSpan.FromMinutes(2));
        await store.ListPageAsync(_list, cancellationToken);
        await source.WaitForFetchesAsync(2, cancellationToken);
        time.Advance(TimeSpan.FromHours(1));
        await store.ListPageAsync(_list, cancellationToken);
        Assert.That(source.Fetches, Is.EqualTo(3));
    }

    [Test, CancelAfter(10_000)]
    public async Task A_source_that_is_gone_for_a_while_does_not_fail_a_live_mount(CancellationToken cancellationToken)
    {
        var time = new FakeTimeProvider();
        var source = new ExpiringCredentials(time, TimeSpan.FromMinutes(10));
        var handler = new StubHandler((_, _) => StubHandler.EmptyPage());
        await using S3ObjectStore store = await OpenAsync(handler, source, cancellationToken, time);
        time.Advance(TimeSpan.FromMinutes(11));
        source.FailuresToCome = 3;
        await time.AdvanceUntilAsync(store.ListPageAsync(_list, cancellationToken).AsTask(), Stores.LongestWait, cancellationToken);
        Assert.That(source.Fetches, Is.EqualTo(5));
    }

    [Test, CancelAfter(10_000)]
    public async Task A_source_that_stays_gone_is_named_at_the_deadline(CancellationToken cancellationToken)
    {
        var time = new FakeTimeProvider();
        var source = new ExpiringCredentials(time, TimeSpan.FromMinutes(10));
        await using S3ObjectStore store = await OpenAsync(new StubHandler((_, _) => StubHandler.EmptyPage()), source, cancellationToken, time);
        time.Advance(TimeSpan.FromMinutes(11));
        source.FailuresToCome = int.MaxValue;
        Assert.That(
            async () => await time.AdvanceUntilAsync(store.ListPageAsync(_list, cancellationToken).AsTask(), Stores.LongestWait, cancellationToken),
            Throws.InstanceOf<ObjectStoreException>().With.Property("Failure").EqualTo(ObjectStoreFailure.NoCredentials));
    }

    [Test, CancelAfter(10_000)]
    public async Task A_source_that_does_not_answer_is_given_up(CancellationToken cancellationToken)
    {
        var time = new FakeTimeProvider();
        Task open = OpenAsync(new StubHandler((_, _) => StubHandler.EmptyPage()), new SilentCredentials(), cancellationToken, time);
        await time.WaitForTimersAsync(1, cancellationToken);
        time.Advance(TimeSpan.FromSeconds(30));
        Assert.That(async () => await open, Throws.InstanceOf<ObjectStoreException>().With.Property("Failure").EqualTo(ObjectStoreFailure.NoCredentials));
    }

    [Test, CancelAfter(10_000)]
    public async Task The_time_of_the_store_is_taken_over(CancellationToken cancellationToken)
    {
        var time = new FakeTimeProvider(new DateTimeOffset(2026, 8, 24, 10, 0, 0, TimeSpan.Zero));
        var dates = new List<string>();
        var handler = new StubHandler((request, index) =>
        {
            dates.Add(request.Headers.GetValues("x-amz-date").Single());
            return index == 1 ? StubHandler.Error(HttpStatusCode.Forbidden, "RequestTimeTooSkewed", ("Date", "Mon, 24 Aug 2026 12:30:00 GMT")) : StubHandler.EmptyPage();
        });
        await using S3ObjectStore store = await OpenAsync(handler, new FixedCredentials(_old), cancellationToken, time);
        await store.ListPageAsync(_list, cancellationToken);
        time.Advance(TimeSpan.FromMinutes(1));
        await store.ListPageAsync(_list, cancellationToken);
        Assert.That(dates, Is.EqualTo(new[] { "20260824T100000Z", "20260824T100000Z", "20260824T123000Z", "20260824T123100Z" }));
    }

    [Test, CancelAfter(10_000)]
    public async Task A_store_that_keeps_complaining_of_the_clock_is_not_asked_for_ever(CancellationToken cancellationToken)
    {
        var handler = new StubHandler((_, index) => index == 0
            ? StubHandler.EmptyPage()
            : StubHandler.Error(HttpStatusCode.Forbidden, "RequestTimeTooSkewed", ("Date", $"Mon, 24 Aug 2026 1{index % 10}:30:00 GMT")));
        await using S3ObjectStore store = await OpenAsync(handler, new FixedCredentials(_old), cancellationToken);
        Assert.That(
            async () => await store.ListPageAsync(_list, cancellationToken),
            Throws.InstanceOf<ObjectStoreException>().With.Property("Failure").EqualTo(ObjectStoreFailure.AccessDenied).And.Message.Contains("set the clock"));
        Assert.That(handler.Addresses, Has.Count.EqualTo(3));
    }

    [TestCase("Fri, 31 Dec 9999 23:59:59 GMT")]
    [TestCase("Mon, 01 Jan 0001 00:00:00 GMT")]
    [CancelAfter(10_000)]
    public async Task A_time_that_no_store_can_have_is_not_taken_over(string date, CancellationToken cancellationToken)
    {
        var time = new FakeTimeProvider(new DateTimeOffset(2026, 8, 24, 10, 0, 0, TimeSpan.Zero));
        var dates = new List<string>();
        var handler = new StubHandler((request, index) =>
        {
            dates.Add(request.Headers.GetValues("x-amz-date").Single());
            return index == 1 ? StubHandler.Error(HttpStatusCode.Forbidden, "RequestTimeTooSkewed", ("Date", date)) : StubHandler.EmptyPage();
        });
        await using S3ObjectStore store = await OpenAsync(handler, new FixedCredentials(_old), cancellationToken, time);
        Assert.That(
            async () => await store.ListPageAsync(_list, cancellationToken),
            Throws.InstanceOf<ObjectStoreException>().With.Property("Failure").EqualTo(ObjectStoreFailure.AccessDenied));
        time.Advance(TimeSpan.FromMinutes(1));
        await store.ListPageAsync(_list, cancellationToken);
        Assert.That(dates, Is.EqualTo(new[] { "20260824T100000Z", "20260824T100000Z", "20260824T100100Z" }));
    }

    private static IEnumerable<Func<HttpResponseMessage>> Redirects()
    {
        yield return () => StubHandler.Error(HttpStatusCode.MovedPermanently, "PermanentRedirect", ("x-amz-bucket-region", "ap-southeast-2"), ("Location", "https://evil.example/"));
        yield return () => StubHandler.Error(HttpStatusCode.TemporaryRedirect, "TemporaryRedirect", ("x-amz-bucket-region", "ap-southeast-2"));
        yield return () => StubHandler.Answer(HttpStatusCode.BadRequest, "<Error><Code>AuthorizationHeaderMalformed</Code><Region>ap-southeast-2</Region></Error>");
        yield return () => StubHandler.Answer(HttpStatusCode.BadRequest, "<Error><Code>IllegalLocationConstraintException</Code></Error>", ("x-amz-bucket-region", "ap-southeast-2"));
    }

    [TestCaseSource(nameof(Redirects)), CancelAfter(10_000)]
    public async Task A_bucket_in_another_region_is_followed_within_the_domain(object redirect, CancellationToken cancellationToken)
    {
        var scopes = new List<string>();
        var handler = new StubHandler((request, index) =>
        {
            scopes.Add(request.Headers.GetValues("Authorization").Single().Split('/')[2]);
            return index == 0 ? ((Func<HttpResponseMessage>)redirect)() : StubHandler.EmptyPage();
        });
        await using S3ObjectStore store = await S3ObjectStore.OpenWithAsync(
            new S3StoreOptions { Bucket = "bucket", Region = "us-east-1" }, Services(handler, new FixedCredentials(_old)), cancellationToken);
        Assert.That(handler.Addresses.Select(address => address.Host), Is.EqualTo(new[] { "bucket.s3.us-east-1.amazonaws.com", "bucket.s3.ap-southeast-2.amazonaws.com" }));
        Assert.That(scopes, Is.EqualTo(new[] { "us-east-1", "ap-southeast-2" }));
        Assert.That(store.Region, Is.EqualTo("ap-southeast-2"));
        await store.ListPageAsync(_list, cancellationToken);
        Assert.That(handler.Addresses[^1].Host, Is.EqualTo("bucket.s3.ap-southeast-2.amazonaws.com"));
    }

    [Test, CancelAfter(10_000)]
    public async Task An_endpoint_that_was_given_keeps_its_host_and_takes_the_region(CancellationToken cancellationToken)
    {
        var handler = new StubHandler((_, index) => index == 0
            ? StubHandler.Answer(HttpStatusCode.BadRequest, "<Error><Code>AuthorizationHeaderMalformed</Code><Region>garage</Region></Error>")
            : StubHandler.EmptyPage());
        await using S3ObjectStore store = await OpenAsync(handler, new FixedCredentials(_old), cancellationToken);
        Assert.That(handler.Addresses.Select(address => address.Authority), Is.All.EqualTo("127.0.0.1:1"));
        Assert.That(store.Region, Is.EqualTo("garage"));
    }

    [TestCase("", "https://evil.example/bucket")]
    [TestCase("us-east-1", "https://evil.example/bucket")]
    [TestCase("evil.example/", "https://evil.example/bucket")]
    [TestCase("cn-north-1", "https://bucket.s3.cn-north-1.amazonaws.com.cn/")]
    [CancelAfter(10_000)]
    public async Task A_redirect_out_of_the_domain_is_refused(string region, string location, CancellationToken cancellationToken)
    {
        var handler = new StubHandler((_, _) => StubHandler.Error(HttpStatusCode.MovedPermanently, "PermanentRedirect", ("x-amz-bucket-region", region), ("Location", location)));
        Assert.That(
            async () => await S3ObjectStore.OpenWithAsync(new S3StoreOptions { Bucket = "bucket", Region = "us-east-1" }, Services(handler, new FixedCredentials(_old)), cancellationToken),
            Throws.InstanceOf<ObjectStoreException>().With.Property("Failure").EqualTo(ObjectStoreFailure.WrongRegion).And.Message.Contains(location));
        Assert.That(handler.Addresses.Select(address => address.Host), Is.EqualTo(new[] { "bucket.s3.us-east-1.amazonaws.com" }));
    }

    [Test, CancelAfter(10_000)]
    public async Task A_region_is_followed_once_only(CancellationToken cancellationToken)
    {
        var handler = new StubHandler((_, index) => StubHandler.Error(HttpStatusCode.MovedPermanently, "PermanentRedirect", ("x-amz-bucket-region", index % 2 == 0 ? "eu-west-1" : "eu-west-2")));
        Assert.That(
            async () => await S3ObjectStore.OpenWithAsync(new S3StoreOptions { Bucket = "bucket", Region = "us-east-1" }, Services(handler, new FixedCredentials(_old)), cancellationToken),
            Throws.InstanceOf<ObjectStoreException>().With.Property("Failure").EqualTo(ObjectStoreFailure.WrongRegion));
        Assert.That(handler.Addresses, Has.Count.EqualTo(2));
        await Task.CompletedTask;
    }

    [TestCase(HttpStatusCode.Forbidden)]
    [TestCase(HttpStatusCode.BadRequest)]
    [CancelAfter(10_000)]
    public async Task A_HEAD_that_says_nothing_is_asked_by_a_list(HttpStatusCode status, CancellationToken cancellationToken)
    {
        const string Page = "<ListBucketResult><IsTruncated>false</IsTruncated><Contents><Key>k</Key><Size>5</Size><ETag>\"0123456789abcdef0123456789abcdef\"</ETag><StorageClass>GLACIER_IR</StorageClass></Contents></ListBucketResult>";
        var handler = new StubHandler((request, index) => index == 0
            ? StubHandler.EmptyPage()
            : request.Method == HttpMethod.Head ? StubHandler.Answer(status, "") : StubHandler.Answer(HttpStatusCode.OK, Page));
        await using S3ObjectStore store = await OpenAsync(handler, new FixedCredentials(_old), cancellationToken);
        ObjectInfo info = await store.HeadAsync(new ObjectKey("k"), cancellationToken);
        Assert.That((info.Version.Size, info.StorageClass), Is.EqualTo((5L, "GLACIER_IR")));
        Assert.That(handler.Addresses[^1].PathAndQuery, Is.EqualTo("/bucket?encoding-type=url&list-type=2&max-keys=1&prefix=k"));
    }

    [Test, CancelAfter(10_000)]
    public async Task A_HEAD_that_says_nothing_of_a_missing_key_is_not_found(CancellationToken cancellationToken)
    {
        const string Neighbour = "<ListBucketResult><IsTruncated>false</IsTruncated><Contents><Key>kk</Key><Size>5</Size></Contents></ListBucketResult>";
        var handler = new StubHandler((request, index) => request.Method == HttpMethod.Head
            ? StubHandler.Answer(HttpStatusCode.Forbidden, "")
            : index == 0 ? StubHandler.EmptyPage() : StubHandler.Answer(HttpStatusCode.OK, Neighbour));
        await using S3ObjectStore store = await OpenAsync(handler, new FixedCredentials(_old), cancellationToken);
        Assert.That(
            async () => await store.HeadAsync(new ObjectKey("k"), cancellationToken),
            Throws.InstanceOf<ObjectStoreException>().With.Property("Failure").EqualTo(ObjectStoreFailure.NotFound));
    }

    [Test, CancelAfter(10_000)]
    public async Task A_HEAD_that_says_nothing_gets_its_reason_from_the_list(CancellationToken cancellationToken)
    {
        var handler = new StubHandler((request, index) => index == 0
            ? StubHandler.EmptyPage()
            : request.Method == HttpMethod.Head ? StubHandler.Answer(HttpStatusCode.Forbidden, "") : StubHandler.Error(HttpStatusCode.NotFound, "NoSuchBucket"));
        await using S3ObjectStore store = await OpenAsync(handler, new FixedCredentials(_old), cancellationToken);
        Assert.That(
            async () => await store.HeadAsync(new ObjectKey("k"), cancellationToken),
            Throws.InstanceOf<ObjectStoreException>().With.Property("Failure").EqualTo(ObjectStoreFailure.NoSuchBucket));
    }

    private static Task<S3ObjectStore> OpenAsync(StubHandler handler, ICredentialSource source, CancellationToken cancellationToken, TimeProvider? time = null) =>
        S3ObjectStore.OpenWithAsync(Stores.Options("http://127.0.0.1:1"), Services(handler, source) with { TimeProvider = time ?? new FakeTimeProvider() }, cancellationToken);

    private static S3Services Services(StubHandler handler, ICredentialSource source) =>
        Stores.Services with { HttpHandler = handler, CredentialSource = source, TimeProvider = new FakeTimeProvider() };

    private sealed class LateCredentials(AwsCredentials before, AwsCredentials after, Func<bool> areThere) : ICredentialSource
    {
        public int Fetches { get; private set; }

        public Task<AwsCredentials> FetchAsync(bool anew, CancellationToken cancellationToken)
        {
            Fetches++;
            return Task.FromResult(areThere() ? after : before);
        }
    }

    private sealed class SilentCredentials : ICredentialSource
    {
        public Task<AwsCredentials> FetchAsync(bool anew, CancellationToken cancellationToken) => new TaskCompletionSource<AwsCredentials>().Task;
    }
}
