using System.Collections.Concurrent;
using S3Mount.ObjectStore;
using S3Mount.Testing;

namespace S3Mount.Benchmarks.Hits;

/// <summary>A bucket in memory that notes where in memory the first part of each object was put.</summary>
internal sealed class HitStore(FakeObjectStore store) : IObjectStore
{
    private readonly ConcurrentDictionary<ObjectKey, nint> _addresses = new();

    /// <summary>Where byte 0 of the object lies.</summary>
    public nint AddressOf(string key) => _addresses[new ObjectKey(key)];

    public ValueTask<ObjectInfo> HeadAsync(ObjectKey key, CancellationToken cancellationToken) => store.HeadAsync(key, cancellationToken);

    public ValueTask<ListPage> ListPageAsync(ListPageRequest request, CancellationToken cancellationToken) => store.ListPageAsync(request, cancellationToken);

    public unsafe ValueTask ReadRangeAsync(ObjectKey key, ObjectVersion version, long offset, Memory<byte> destination, IReadProgress? progress, CancellationToken cancellationToken)
    {
        using (System.Buffers.MemoryHandle pin = destination.Pin())
        {
            if (offset == 0)
                _addresses[key] = (nint)pin.Pointer;
        }
        return store.ReadRangeAsync(key, version, offset, destination, progress, cancellationToken);
    }

    public ValueTask DisposeAsync() => store.DisposeAsync();
}
