using System.Text;
using S3Mount.ObjectStore.S3;
using S3Mount.ObjectStore.Tests.Wire;
using S3Mount.Testing;
using S3Mount.Testing.S3Server;
using S3Mount.Testing.S3Server.Faults;
using S3Operation = S3Mount.Testing.S3Server.S3Operation;

namespace S3Mount.ObjectStore.Tests.S3;

/// <summary>The store against the test server, which checks every signature with code of its own.</summary>
internal sealed class TestServerTests
{
    private static readonly AwsCredentials _credentials = new(S3ServerOptions.DefaultAccessKey, S3ServerOptions.DefaultSecretKey, null);

    [Test, CancelAfter(60_000)]
    public async Task Keys_of_any_kind_are_signed_listed_and_read([Values] bool spaceIsPlus, [Values] bool heedsEncoding, CancellationToken cancellationToken)
    {
        await using S3TestServer server = await S3TestServer.StartAsync(new S3ServerOptions
        {
            Listing = new S3ListingStyle { SpaceIsPlus = spaceIsPlus, HeedsEncodingType = heedsEncoding, PageSize = 7 },
        });
        S3Bucket bucket = server.CreateBucket("bucket");
        var random = new Random(31);
        string[] keys =
        [
            "a b", "a+b", "a%20b", "100%", "q'u\"o", "é/€/\U0001F600", "//lead", "a//b", "a/", "a/.", "./a", "../up", "a/../b", "k&<>k", "=?#!", "~", new string('é', 512),
            .. heedsEncoding ? ["line\nend", "\ttab", "\u0001", "\u007f\u0085"] : Array.Empty<string>(),
            .. Enumerable.Range(0, 60).Select(_ => "r/" + RandomKeys.Next(random, allowControls: heedsEncoding)).Distinct(),
        ];
        foreach (string key in keys)
            bucket.Put(key, $"content of {key}");
        await using S3ObjectStore store = await OpenAsync(server, cancellationToken);

        List<(string Key, ObjectVersion Version)> listed = await ListAllAsync(store, cancellationToken);
        Assert.That(listed.Select(entry => entry.Key), Is.EquivalentTo(keys));
        foreach ((string key, ObjectVersion version) in listed)
        {
            byte[] expected = Encoding.UTF8.GetBytes($"content of {key}");
            byte[] bytes = new byte[expected.Length];
            await store.ReadRangeAsync(new ObjectKey(key), version, 0, bytes, null, cancellationToken);
            Assert.That(bytes, Is.EqualTo(expected), key);
            ObjectInfo info = await store.HeadAsync(new ObjectKey(key), cancellationToken);
            Assert.That(info.Version, Is.EqualTo(version), key);
            ListPage alone = await store.ListPageAsync(new ListPageRequest { Prefix = new ObjectKey(key), MaxKeys = 1 }, cancellationToken);
            Assert.That(Encoding.UTF8.GetString(alone.KeyOf(alone.Objects.Span[0])), Is.EqualTo(key));
        }
    }

    [Test, CancelAfter(20_000)]
    public async Task A_list_starts_after_a_key_and_rolls_up_at_the_delimiter(CancellationToken cancellationToken)
    {
        await using S3TestServer server = await S3TestServer.StartAsync();
        S3Bucket bucket = server.CreateBucket("bucket");
        foreach (string key in new[] { "p/a", "p/b/1", "p/b/2", "p/c", "p/d e/1", "q" })
            bucket.Put(key, "x");
        await using S3ObjectStore store = await OpenAsync(server, cancellationToken);
        ListPage page = await store.ListPageAsync(new ListPageRequest { Prefix = new ObjectKey("p/"), Delimiter = true, StartAfter = new ObjectKey("p/a") }, cancellationToken);
        Assert.That(page.Objects.ToArray().Select(listed => Encoding.UTF8.GetString(page.KeyOf(listed))), Is.EqualTo(new[] { "p/c" }));
        Assert.That(page.CommonPrefixes.ToArray().Select(listed => Encoding.UTF8.GetString(page.KeyOf(listed))), Is.EqualTo(new[] { "p/b/", "p/d e/" }));
    }

    [Test, CancelAfter(30_000)]
    public async Task Many_parallel_reads_survive_faults_and_bring_the_right_bytes(CancellationToken cancellationToken)
    {
        await using S3TestServer server = await S3TestServer.StartAsync();
        Shard shard = Put(server.CreateBucket("bucket"));
        server.Faults.Add(new FaultRule { Operation = S3Operation.GetObject, Every = 5, Times = FaultRule.Always, Effect = new CutFault(10_000) });
        server.Faults.Add(new FaultRule { Operation = S3Operation.GetObject, Every = 7, Times = FaultRule.Always, Effect = AnswerFault.SlowDown });
        server.Faults.Add(new FaultRule { Operation = S3Operation.GetObject, Every = 11, Times = FaultRule.Always, Effect = new ResetFault(5000) });
        server.Faults.Add(new FaultRule { Operation = S3Operation.GetObject, Every = 13, Times = FaultRule.Always, Effect = new ResetFault() });
        await using S3ObjectStore store = await OpenAsync(server, cancellationToken);
        await Parallel.ForEachAsync(Enumerable.Range(0, 200), cancellationToken, async (index, token) =>
        {
            using var block = new NativeBlock(20_000);
            await store.ReadRangeAsync(shard.Key, shard.Version, index * 20_000L, ((System.Buffers.IMemoryOwner<byte>)block).Memory, null, token);
            Assert.That(Ramp.FirstDifference(block.GetSpan(), index * 20_000L), Is.EqualTo(-1));
        });
        Assert.That(store.Statistics.BytesRead, Is.EqualTo(4_000_000));
        Assert.That(store.Statistics.Retries, Is.GreaterThan(50));
    }

    [Test, CancelAfter(20_000)]
    public async Task An_overwritten_object_is_told_even_by_a_store_that_ignores_If_Match([Values] bool ignores, CancellationToken cancellationToken)
    {
        await using S3TestServer server = await S3TestServer.StartAsync();
        S3Bucket bucket = server.CreateBucket("bucket");
        Shard shard = Put(bucket);
        await using S3ObjectStore store = await OpenAsync(server, cancellationToken);
        if (ignores)
            server.Faults.Always(S3Operation.GetObject, new IgnoreConditionsFault());
        bucket.PutRamp("shard.tar", 4_000_000, seed: 1);
        byte[] bytes = new byte[100];
        Assert.That(
            async () => await store.ReadRangeAsync(shard.Key, shard.Version, 0, bytes, null, cancellationToken),
            Throws.InstanceOf<ObjectStoreException>().With.Property("Failure").EqualTo(ObjectStoreFailure.PreconditionFailed));
        Assert.That(bytes, Is.All.Zero);
        bucket.Delete("shard.tar");
        Assert.That(
            async () => await store.ReadRangeAsync(shard.Key, shard.Version, 0, bytes, null, cancellationToken),
            Throws.InstanceOf<ObjectStoreException>().With.Property("Failure").EqualTo(ObjectStoreFailure.NotFound));
    }

    [Test, CancelAfter(20_000)]
    public async Task A_store_that_ignores_ranges_is_told(CancellationToken cancellationToken)
    {
        await using S3TestServer server = await S3TestServer.StartAsync();
        Shard shard = Put(server.CreateBucket("bucket"));
        server.Faults.Always(S3Operation.GetObject, new IgnoreRangeFault());
        await using S3ObjectStore store = await OpenAsync(server, cancellationToken);
        Assert.That(
            async () => await store.ReadRangeAsync(shard.Key, shard.Version, 0, new byte[100], null, cancellationToken),
            Throws.InstanceOf<ObjectStoreException>().With.Property("Failure").EqualTo(ObjectStoreFailure.Malformed));
        byte[] whole = new byte[4_000_000];
        await store.ReadRangeAsync(shard.Key, shard.Version, 0, whole, null, cancellationToken);
        Assert.That(Ramp.FirstDifference(whole, 0), Is.EqualTo(-1));
    }

    [Test, CancelAfter(20_000)]
    public async Task The_region_of_the_bucket_is_found(
        [Values(WrongRegionAnswer.AuthorizationHeaderMalformed, WrongRegionAnswer.PermanentRedirect)] WrongRegionAnswer answer, CancellationToken cancellationToken)
    {
        await using S3TestServer server = await S3TestServer.StartAsync(new S3ServerOptions { WrongRegionAnswer = answer });
        server.CreateBucket("bucket", region: "eu-south-2");
        await using S3ObjectStore store = await OpenAsync(server, cancellationToken);
        Assert.That(store.Region, Is.EqualTo("eu-south-2"));
    }

    [Test, CancelAfter(20_000)]
    public async Task A_store_whose_clock_is_hours_ahead_is_followed(CancellationToken cancellationToken)
    {
        await using S3TestServer server = await S3TestServer.StartAsync(new S3ServerOptions { ClockOffset = TimeSpan.FromHours(5) });
        Shard shard = Put(server.CreateBucket("bucket"));
        await using S3ObjectStore store = await OpenAsync(server, cancellationToken);
        await store.ReadRangeAsync(shard.Key, shard.Version, 0, new byte[10], null, cancellationToken);
        Assert.That(store.Statistics, Is.EqualTo(new ObjectStoreStatistics(Gets: 1, Heads: 0, Lists: 2, Retries: 1, BytesRead: 10)));
    }

    [Test, CancelAfter(20_000)]
    public async Task Wrong_keys_a_missing_bucket_and_a_private_one_are_told_apart(CancellationToken cancellationToken)
    {
        await using S3TestServer server = await S3TestServer.StartAsync();
        server.CreateBucket("bucket");
        await AssertFails(Services(_credentials with { AccessKeyId = "UNKNOWN" }), "bucket", ObjectStoreFailure.AccessDenied);
        await AssertFails(Services(_credentials with { SecretAccessKey = "wrong" }), "bucket", ObjectStoreFailure.AccessDenied);
        await AssertFails(Services(_credentials), "no-such-bucket", ObjectStoreFailure.NoSuchBucket);
        Assert.That(
            async () => await S3ObjectStore.OpenWithAsync(Options(server) with { NoSignRequest = true }, Services(_credentials), cancellationToken),
            Throws.InstanceOf<ObjectStoreException>().With.Property("Failure").EqualTo(ObjectStoreFailure.AccessDenied).And.Message.Contains("--no-sign-request"));
        server.Bucket("bucket").IsPublic = true;
        await using S3ObjectStore anonymous = await S3ObjectStore.OpenWithAsync(Options(server) with { NoSignRequest = true }, Services(_credentials), cancellationToken);

        Task AssertFails(S3Services services, string bucket, ObjectStoreFailure failure)
        {
            Assert.That(
                async () => await S3ObjectStore.OpenWithAsync(Options(server) with { Bucket = bucket }, services, cancellationToken),
                Throws.InstanceOf<ObjectStoreException>().With.Property("Failure").EqualTo(failure));
            return Task.CompletedTask;
        }
    }

    [Test, CancelAfter(20_000)]
    public async Task Expired_keys_are_replaced_by_the_next_ones(CancellationToken cancellationToken)
    {
        await using S3TestServer server = await S3TestServer.StartAsync();
        Shard shard = Put(server.CreateBucket("bucket"));
        server.AddCredentials(new S3Credentials("FIRST", "one", "token1"));
        server.AddCredentials(new S3Credentials("SECOND", "two", "token2"));
        var source = new FixedCredentials(new AwsCredentials("FIRST", "one", "token1"), new AwsCredentials("SECOND", "two", "token2"));
        await using S3ObjectStore store = await S3ObjectStore.OpenWithAsync(Options(server), Stores.Services with { CredentialSource = source }, cancellationToken);
        server.AddCredentials(new S3Credentials("FIRST", "one", "token1", Expires: DateTimeOffset.UnixEpoch));
        byte[] bytes = new byte[10];
        await store.ReadRangeAsync(shard.Key, shard.Version, 5, bytes, null, cancellationToken);
        Assert.That(Ramp.FirstDifference(bytes, 5), Is.EqualTo(-1));
        Assert.That(source.Fetches, Is.EqualTo(2));
    }

    private static Shard Put(S3Bucket bucket)
    {
        var stored = bucket.PutRamp("shard.tar", 4_000_000);
        return new Shard(stored.Key, stored.Version);
    }

    private static S3StoreOptions Options(S3TestServer server) => new() { Bucket = "bucket", EndpointUrl = server.Url };

    private static S3Services Services(AwsCredentials credentials) => Stores.Services with { CredentialSource = new FixedCredentials(credentials) };

    private static Task<S3ObjectStore> OpenAsync(S3TestServer server, CancellationToken cancellationToken) =>
        S3ObjectStore.OpenWithAsync(Options(server), Services(_credentials), cancellationToken);

    private static async Task<List<(string Key, ObjectVersion Version)>> ListAllAsync(S3ObjectStore store, CancellationToken cancellationToken)
    {
        var all = new List<(string, ObjectVersion)>();
        for (string? token = null; ;)
        {
            ListPage page = await store.ListPageAsync(new ListPageRequest { Prefix = default, ContinuationToken = token }, cancellationToken);
            foreach (ListedObject listed in page.Objects.ToArray())
                all.Add((Encoding.UTF8.GetString(page.KeyOf(listed)), listed.Version));
            token = page.NextContinuationToken;
            if (token is null)
                return all;
        }
    }

    private readonly record struct Shard(ObjectKey Key, ObjectVersion Version);
}
