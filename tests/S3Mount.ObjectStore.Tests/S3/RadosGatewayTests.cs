using System.Text;
using S3Mount.ObjectStore.S3;
using S3Mount.ObjectStore.Tests.Wire;
using S3Mount.Testing;

namespace S3Mount.ObjectStore.Tests.S3;

/// <summary>The store against Ceph's radosgw: what a real store makes of our requests.</summary>
[Category("radosgw")]
internal sealed class RadosGatewayTests
{
    private static readonly string[] _keys =
    [
        "plain.jpg", "a b", "a+b", "a%20b", "100%", "q'u\"o&<>", "é/€/\U0001F600", "a//b", "a/", "a-", "a.b", "dir/./x", "dir/../y", "=?#!~*()", new string('é', 400),
        "line\nend", "\ttab",
    ];

    private RadosGateway? _gateway;

    [OneTimeSetUp]
    public async Task StartGateway()
    {
        if (RadosGateway.MissingPrograms.Count > 0)
            Assert.Ignore($"radosgw is not installed: {string.Join(", ", RadosGateway.MissingPrograms)}");
        _gateway = await RadosGateway.StartAsync();
    }

    [OneTimeTearDown]
    public async Task StopGateway()
    {
        if (_gateway is not null)
            await _gateway.DisposeAsync();
    }

    [Test, CancelAfter(60_000)]
    public async Task Keys_of_any_kind_are_listed_and_read(CancellationToken cancellationToken)
    {
        using S3Uploader uploader = _gateway!.CreateUploader();
        await uploader.CreateBucketAsync("keys", cancellationToken);
        foreach (string key in _keys)
            await uploader.PutAsync("keys", key, Encoding.UTF8.GetBytes($"content of {key}"), cancellationToken);
        await using S3ObjectStore store = await OpenAsync("keys", cancellationToken);

        ListPage page = await store.ListPageAsync(new ListPageRequest { Prefix = default }, cancellationToken);
        Assert.That(page.Objects.ToArray().Select(listed => Encoding.UTF8.GetString(page.KeyOf(listed))), Is.EquivalentTo(_keys));
        foreach (ListedObject listed in page.Objects.ToArray())
        {
            var key = new ObjectKey(page.KeyOf(listed).ToArray());
            byte[] bytes = new byte[listed.Version.Size];
            await store.ReadRangeAsync(key, listed.Version, 0, bytes, null, cancellationToken);
            Assert.That(Encoding.UTF8.GetString(bytes), Is.EqualTo($"content of {Encoding.UTF8.GetString(key.Span)}"));
            Assert.That((await store.HeadAsync(key, cancellationToken)).Version, Is.EqualTo(listed.Version), key.ToString());
        }
    }

    [Test, CancelAfter(60_000)]
    public async Task Pages_follow_each_other_and_roll_up(CancellationToken cancellationToken)
    {
        using S3Uploader uploader = _gateway!.CreateUploader();
        await uploader.CreateBucketAsync("pages", cancellationToken);
        string[] keys = [.. Enumerable.Range(0, 25).Select(i => $"p/d{i % 5} x/{i:d2}"), "p/file"];
        foreach (string key in keys)
            await uploader.PutAsync("pages", key, [1], cancellationToken);
        await using S3ObjectStore store = await OpenAsync("pages", cancellationToken);

        var all = new List<string>();
        string? token = null;
        do
        {
            ListPage page = await store.ListPageAsync(new ListPageRequest { Prefix = new ObjectKey("p/"), ContinuationToken = token, MaxKeys = 4 }, cancellationToken);
            all.AddRange(page.Objects.ToArray().Select(listed => Encoding.UTF8.GetString(page.KeyOf(listed))));
            token = page.NextContinuationToken;
        }
        while (token is not null);
        Assert.That(all, Is.EqualTo(keys.Order(StringComparer.Ordinal)));

        ListPage rolledUp = await store.ListPageAsync(new ListPageRequest { Prefix = new ObjectKey("p/"), Delimiter = true, StartAfter = new ObjectKey("p/d1 x/") }, cancellationToken);
        Assert.That(rolledUp.CommonPrefixes.ToArray().Select(listed => Encoding.UTF8.GetString(rolledUp.KeyOf(listed))), Does.Contain("p/d2 x/").And.Contain("p/d4 x/"));
        Assert.That(rolledUp.Objects.ToArray().Select(listed => Encoding.UTF8.GetString(rolledUp.KeyOf(listed))), Is.EqualTo(new[] { "p/file" }));
    }

    // What splitting a listing into ranges rests on: from any key on, whether or not it is there, nothing is left out or invented.
    [Test, CancelAfter(120_000)]
    public async Task A_listing_can_begin_behind_any_key(CancellationToken cancellationToken)
    {
        string[] keys =
        [
            "S", "S-", "S/", "S/x", "S/y/z", "S0", "Sé", "S\uFFFD", "S\U00010000", "S\U0010FFFF", "S\u0001", "S ", "T/1", "T/2", "T/2/3", "a", "a+b", "a%2Fb", "zz", new string('z', 1024),
        ];
        string[] starts = [.. keys, "R", "S!", "S.", "S/", "S/x", "S/xx", "S/y/", "S/~", "S\u007F", "S\U0010FFFF\U0010FFFF", "T/", "T/2/", "T0", "zzz", new string('z', 1023), "\U0010FFFF"];
        using S3Uploader uploader = _gateway!.CreateUploader();
        await uploader.CreateBucketAsync("starts", cancellationToken);
        foreach (string key in keys)
            await uploader.PutAsync("starts", key, [1], cancellationToken);
        await using S3ObjectStore store = await OpenAsync("starts", cancellationToken);

        foreach (string prefix in (string[])["", "S", "S/"])
        {
            foreach (string start in starts.Distinct())
            {
                foreach (bool delimiter in (bool[])[false, true])
                {
                    string[] found = await ListBehindAsync(store, prefix, start, delimiter, cancellationToken);
                    string what = $"prefix '{prefix}', behind '{start[..Math.Min(start.Length, 20)]}', delimiter {delimiter}";
                    string[] all = Entries(keys, prefix, delimiter);
                    // A common prefix whose keys go on behind the start may be told once more, or be left out if it is the start itself.
                    string[] open = [.. all.Where(entry => entry.EndsWith('/') && delimiter && start.StartsWith(entry, StringComparison.Ordinal))];
                    Assert.That(found.Except(open), Is.EqualTo(all.Where(entry => Compare(entry, start) > 0).Except(open)), what);
                    Assert.That(found, Is.Unique, what);
                }
            }
        }
    }

    [Test, CancelAfter(60_000)]
    public async Task Ranges_versions_and_failures_are_what_the_store_says(CancellationToken cancellationToken)
    {
        using S3Uploader uploader = _gateway!.CreateUploader();
        await uploader.CreateBucketAsync("reads", cancellationToken);
        await uploader.PutRampAsync("reads", "shard", 20_000_000, cancellationToken: cancellationToken);
        await using S3ObjectStore store = await OpenAsync("reads", cancellationToken);
        var key = new ObjectKey("shard");
        ObjectVersion version = (await store.HeadAsync(key, cancellationToken)).Version;
        Assert.That(version.Size, Is.EqualTo(20_000_000));
        using var block = new NativeBlock(5_000_000);
        await store.ReadRangeAsync(key, version, 9_000_001, ((System.Buffers.IMemoryOwner<byte>)block).Memory, null, cancellationToken);
        Assert.That(Ramp.FirstDifference(block.GetSpan(), 9_000_001), Is.EqualTo(-1));

        await AssertFails(() => store.HeadAsync(new ObjectKey("none"), cancellationToken).AsTask(), ObjectStoreFailure.NotFound);
        await uploader.PutRampAsync("reads", "shard", 20_000_000, seed: 3, cancellationToken: cancellationToken);
        await AssertFails(() => store.ReadRangeAsync(key, version, 0, new byte[10], null, cancellationToken).AsTask(), ObjectStoreFailure.PreconditionFailed);
        await uploader.DeleteAsync("reads", "shard", cancellationToken);
        await AssertFails(() => store.ReadRangeAsync(key, version, 0, new byte[10], null, cancellationToken).AsTask(), ObjectStoreFailure.NotFound);
        await AssertFails(() => OpenAsync("no-such-bucket", cancellationToken), ObjectStoreFailure.NoSuchBucket);
        await AssertFails(() => OpenAsync("reads", cancellationToken, secretKey: "wrong"), ObjectStoreFailure.AccessDenied);

        static Task AssertFails(Func<Task> call, ObjectStoreFailure failure)
        {
            Assert.That(async () => await call(), Throws.InstanceOf<ObjectStoreException>().With.Property("Failure").EqualTo(failure));
            return Task.CompletedTask;
        }
    }

    private static async Task<string[]> ListBehindAsync(S3ObjectStore store, string prefix, string start, bool delimiter, CancellationToken cancellationToken)
    {
        var found = new List<string>();
        var request = new ListPageRequest { Prefix = new ObjectKey(prefix), StartAfter = new ObjectKey(start), Delimiter = delimiter, MaxKeys = 3 };
        while (true)
        {
            ListPage page = await store.ListPageAsync(request, cancellationToken);
            string[] entries =
            [
                .. page.Objects.ToArray().Select(listed => Encoding.UTF8.GetString(page.KeyOf(listed))), .. page.CommonPrefixes.ToArray().Select(listed => Encoding.UTF8.GetString(page.KeyOf(listed))),
            ];
            Array.Sort(entries, Compare);
            found.AddRange(entries);
            if (page.NextContinuationToken is null)
                return [.. found];
            request = request with { StartAfter = null, ContinuationToken = page.NextContinuationToken };
        }
    }

    private static string[] Entries(string[] keys, string prefix, bool delimiter)
    {
        string[] entries = [.. keys.Where(key => key.StartsWith(prefix, StringComparison.Ordinal)).Select(Entry).Distinct()];
        Array.Sort(entries, Compare);
        return entries;

        string Entry(string key)
        {
            int slash = delimiter ? key.IndexOf('/', prefix.Length) : -1;
            return slash < 0 ? key : key[..(slash + 1)];
        }
    }

    private static int Compare(string left, string right) => Encoding.UTF8.GetBytes(left).AsSpan().SequenceCompareTo(Encoding.UTF8.GetBytes(right));

    private Task<S3ObjectStore> OpenAsync(string bucket, CancellationToken cancellationToken, string secretKey = RadosGateway.SecretKey) => S3ObjectStore.OpenWithAsync(
        new S3StoreOptions { Bucket = bucket, EndpointUrl = _gateway!.Url },
        Stores.Services with { CredentialSource = new FixedCredentials(new AwsCredentials(RadosGateway.AccessKey, secretKey, null)) },
        cancellationToken);
}
