using S3Mount.Testing;
using S3Mount.Testing.S3Server;
using S3Mount.Testing.S3Server.Faults;

namespace S3Mount.MountTests.Stores;

/// <summary>A store in which a test lets things go wrong and changes objects meanwhile.</summary>
internal sealed class FaultyStore
{
    public required StoreAddress Address { get; init; }

    public required string Bucket { get; init; }

    public required FaultTable Faults { get; init; }

    public required Func<string, byte[], Task> PutAsync { get; init; }

    public required Func<string, Task> DeleteAsync { get; init; }

    /// <summary>Sets what happens to new connections, and resets those that are open.</summary>
    public required Action<ConnectionMode> Interrupt { get; init; }

    public static FaultyStore Of(S3TestServer server, string bucket)
    {
        S3Bucket objects = server.CreateBucket(bucket);
        return new FaultyStore
        {
            Address = StoreAddress.Of(server),
            Bucket = bucket,
            Faults = server.Faults,
            PutAsync = (key, bytes) =>
            {
                objects.Put(key, bytes);
                return Task.CompletedTask;
            },
            DeleteAsync = key =>
            {
                objects.Delete(key);
                return Task.CompletedTask;
            },
            Interrupt = mode =>
            {
                server.Connections = mode;
                server.ResetConnections();
            },
        };
    }

    /// <summary>Objects are changed behind the proxy's back.</summary>
    public static FaultyStore Of(FaultProxy proxy, TestBucket bucket) => new()
    {
        Address = bucket.Store with { Url = proxy.Url },
        Bucket = bucket.Name,
        Faults = proxy.Faults,
        PutAsync = bucket.PutAsync,
        DeleteAsync = bucket.DeleteAsync,
        Interrupt = mode =>
        {
            proxy.Connections = mode;
            proxy.ResetConnections();
        },
    };
}
