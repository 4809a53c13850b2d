using S3Mount.ObjectStore;

namespace S3Mount.FileSystem.Tests.Listing;

/// <summary>A store that answers listings as a test says, and nothing else. Any thread.</summary>
internal sealed class ListingStore(Func<ListPageRequest, CancellationToken, ValueTask<ListPage>> list) : IObjectStore
{
    private int _requests;
    private int _inFlight;
    private int _mostInFlight;

    public ListingStore(Func<ListPageRequest, ListPage> list)
        : this((request, _) => new ValueTask<ListPage>(list(request)))
    {
    }

    public int Requests => Volatile.Read(ref _requests);

    public int InFlight => Volatile.Read(ref _inFlight);

    public int MostInFlight => Volatile.Read(ref _mostInFlight);

    public async ValueTask<ListPage> ListPageAsync(ListPageRequest request, CancellationToken cancellationToken)
    {
        Interlocked.Increment(ref _requests);
        int inFlight = Interlocked.Increment(ref _inFlight);
        for (int most = _mostInFlight; inFlight > most; most = _mostInFlight)
            Interlocked.CompareExchange(ref _mostInFlight, inFlight, most);
        try
        {
            return await list(request, cancellationToken);
        }
        finally
        {
            Interlocked.Decrement(ref _inFlight);
        }
    }

    public ValueTask<ObjectInfo> HeadAsync(ObjectKey key, CancellationToken cancellationToken) => throw new NotSupportedException();

    public ValueTask ReadRangeAsync(ObjectKey key, ObjectVersion version, long offset, Memory<byte> destination, IReadProgress? progress, CancellationToken cancellationToken) =>
        throw new NotSupportedException();

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
