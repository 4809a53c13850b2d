using Microsoft.Extensions.Logging;

namespace S3Mount.ObjectStore.S3;

/// <summary>
/// A bucket behind the S3 API. GET, HEAD and LIST go over <see cref="SocketsHttpHandler"/> with our own signatures;
/// credentials, profiles, regions and endpoints come from AWSSDK.S3.
/// </summary>
public sealed class S3ObjectStore : IObjectStore
{
    /// <summary>
    /// Resolves credentials, endpoint and region and asks the bucket for one list page under the prefix, so that what is wrong
    /// is known before anything is mounted. The check is not retried beyond <paramref name="cancellationToken"/>.
    /// </summary>
    /// <exception cref="ObjectStoreException">
    /// NoCredentials, NoSuchBucket, AccessDenied, WrongRegion, Unavailable (endpoint unreachable), Rejected (directory bucket, ARN,
    /// a name that no bucket can have).
    /// </exception>
    public static Task<S3ObjectStore> OpenAsync(S3StoreOptions options, TimeProvider timeProvider, ILogger logger, CancellationToken cancellationToken) => throw new NotImplementedException();

    /// <summary>Requests and bytes so far.</summary>
    public ObjectStoreStatistics Statistics => throw new NotImplementedException();

    /// <summary>The region that requests are signed for.</summary>
    public string Region => throw new NotImplementedException();

    public ValueTask<ObjectInfo> HeadAsync(ObjectKey key, CancellationToken cancellationToken) => throw new NotImplementedException();

    public ValueTask<ListPage> ListPageAsync(ListPageRequest request, CancellationToken cancellationToken) => throw new NotImplementedException();

    public ValueTask ReadRangeAsync(ObjectKey key, ObjectVersion version, long offset, Memory<byte> destination, IReadProgress? progress, CancellationToken cancellationToken) => throw new NotImplementedException();

    public ValueTask DisposeAsync() => throw new NotImplementedException();
}
