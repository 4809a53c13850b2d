using S3Mount.MountTests.Stores;
using S3Mount.Testing;

namespace S3Mount.MountTests;

/// <summary>The store that holds the tests' buckets: one radosgw for all of them, started when the first test asks for it.</summary>
[SetUpFixture]
public sealed class ObjectStores
{
    private static readonly Lock _gate = new();
    // Guarded by _gate.
    private static Task<RadosGateway>? _gateway;

    [OneTimeSetUp]
    public void Check_what_mounting_needs()
    {
        if (!File.Exists("/dev/fuse"))
            Assert.Ignore("real mounts need /dev/fuse");
        if (!Environment.IsPrivilegedProcess)
            Assert.Ignore("mounting, and playing several users, needs root");
    }

    [OneTimeTearDown]
    public async Task End_the_store()
    {
        Task<RadosGateway>? gateway;
        lock (_gate)
            gateway = _gateway;
        if (gateway is { IsCompletedSuccessfully: true })
            await (await gateway).DisposeAsync();
    }

    internal static async Task<StoreAddress> RadosGatewayAsync() => StoreAddress.Of(await GatewayAsync());

    /// <summary>A new bucket in radosgw, with an uploader to fill it.</summary>
    internal static async Task<TestBucket> CreateBucketAsync(string name, CancellationToken cancellationToken = default)
    {
        RadosGateway gateway = await GatewayAsync();
        S3Uploader uploader = gateway.CreateUploader();
        await uploader.CreateBucketAsync(name, cancellationToken);
        return new TestBucket(name, StoreAddress.Of(gateway), uploader);
    }

    private static Task<RadosGateway> GatewayAsync()
    {
        if (RadosGateway.MissingPrograms.Count > 0)
            Assert.Ignore($"a real object store needs {string.Join(", ", RadosGateway.MissingPrograms)} (packages ceph-mon, ceph-osd, radosgw)");
        lock (_gate)
            return _gateway ??= RadosGateway.StartAsync();
    }
}
