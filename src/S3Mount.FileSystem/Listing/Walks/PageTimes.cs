using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using S3Mount.ObjectStore;

namespace S3Mount.FileSystem.Listing.Walks;

/// <summary>
/// Remembers when each list page of a store was asked for: what a page says holds from then on, however long it has waited for
/// whoever takes it. Any thread.
/// </summary>
internal sealed class PageTimes(MountClock clock)
{
    // A page may be cut, but goes on with the bytes that it came with.
    private readonly ConditionalWeakTable<byte[], StrongBox<long>> _asked = [];

    /// <summary>The store, watched. It stays its owner's.</summary>
    public IObjectStore Watch(IObjectStore store) => new WatchedStore(this, store);

    /// <summary>When the page was asked for, as a moment of <see cref="MountClock"/>; <paramref name="otherwise"/> if that is not known.</summary>
    public long AskedAt(ListPage page, long otherwise) =>
        MemoryMarshal.TryGetArray(page.Bytes, out ArraySegment<byte> bytes) && _asked.TryGetValue(bytes.Array!, out StrongBox<long>? asked) ? asked.Value : otherwise;

    private async ValueTask<ListPage> ListPageAsync(IObjectStore store, ListPageRequest request, CancellationToken cancellationToken)
    {
        var asked = new StrongBox<long>(clock.Now);
        ListPage page = await store.ListPageAsync(request, cancellationToken).ConfigureAwait(false);
        // An empty array may be everybody's.
        if (!page.Bytes.IsEmpty && MemoryMarshal.TryGetArray(page.Bytes, out ArraySegment<byte> bytes))
            _asked.AddOrUpdate(bytes.Array!, asked);
        return page;
    }

    private sealed class WatchedStore(PageTimes times, IObjectStore store) : IObjectStore
    {
        public ValueTask<ListPage> ListPageAsync(ListPageRequest request, CancellationToken cancellationToken) => times.ListPageAsync(store, request, cancellationToken);

        public ValueTask<ObjectInfo> HeadAsync(ObjectKey key, CancellationToken cancellationToken) => store.HeadAsync(key, cancellationToken);

        public ValueTask ReadRangeAsync(ObjectKey key, ObjectVersion version, long offset, Memory<byte> destination, IReadProgress? progress, CancellationToken cancellationToken) =>
            store.ReadRangeAsync(key, version, offset, destination, progress, cancellationToken);

        public ValueTask DisposeAsync() => default;
    }
}
