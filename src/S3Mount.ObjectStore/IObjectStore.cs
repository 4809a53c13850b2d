namespace S3Mount.ObjectStore;

/// <summary>
/// A bucket that can be read. Any thread, any number of calls at once; the store bounds its own connections.
/// <para>
/// <b>Failures</b> are <see cref="ObjectStoreException"/>s; transient ones (throttling, resets, 5xx) have been retried with
/// backoff and jitter until the deadline before they are seen. Cancellation throws <see cref="OperationCanceledException"/>.
/// </para>
/// <para>
/// <b>Memory.</b> A destination belongs to the caller. Once a call has completed, also by failure or cancellation, nothing
/// writes to it any more.
/// </para>
/// </summary>
public interface IObjectStore : IAsyncDisposable
{
    /// <summary>What the store says of one key (S3 API, HeadObject).</summary>
    /// <exception cref="ObjectStoreException"><see cref="ObjectStoreFailure.NotFound"/> when there is no such key.</exception>
    ValueTask<ObjectInfo> HeadAsync(ObjectKey key, CancellationToken cancellationToken);

    /// <summary>One page of keys (S3 API, ListObjectsV2).</summary>
    ValueTask<ListPage> ListPageAsync(ListPageRequest request, CancellationToken cancellationToken);

    /// <summary>
    /// Fills <paramref name="destination"/> with the bytes from <paramref name="offset"/> on of exactly this version (S3 API,
    /// GetObject with Range and If-Match). The range must lie within the version; a read of 0 bytes asks nothing of the store.
    /// A body that breaks off is resumed at the byte where it stopped.
    /// </summary>
    /// <param name="progress">
    /// Told, in order and from the thread that reads the body, how many bytes of the destination are valid; may be null. Those
    /// bytes are never taken back.
    /// </param>
    /// <exception cref="ObjectStoreException">
    /// <see cref="ObjectStoreFailure.PreconditionFailed"/> or <see cref="ObjectStoreFailure.NotFound"/> when the version is gone.
    /// </exception>
    ValueTask ReadRangeAsync(ObjectKey key, ObjectVersion version, long offset, Memory<byte> destination, IReadProgress? progress, CancellationToken cancellationToken);
}

/// <summary>Hears how far a ranged read has come.</summary>
public interface IReadProgress
{
    /// <summary>The first <paramref name="filled"/> bytes of the destination are valid; grows from call to call.</summary>
    void Advance(int filled);

    /// <summary>
    /// Whether somebody waits for these bytes already; asked while the read itself waits for a connection, where those that are waited
    /// for go before those that are not. Any thread, under a lock of the store: returns at once and takes no lock.
    /// </summary>
    bool IsWanted => true;

    /// <summary>The store has to be asked again: how long the read takes says nothing of its connection any more.</summary>
    void Retried()
    {
    }
}
