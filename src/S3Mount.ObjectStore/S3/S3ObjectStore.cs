using Microsoft.Extensions.Logging;

namespace S3Mount.ObjectStore.S3;

/// <summary>
/// A bucket behind the S3 API. GET, HEAD and LIST go over <see cref="SocketsHttpHandler"/> with our own signatures;
/// credentials, profiles, regions and endpoints come from AWSSDK.S3.
/// </summary>
public sealed class S3ObjectStore : IObjectStore
{
    // The first request of a mount: whoever mounts waits for it. Long enough for a connect that loses three SYNs, and for a
    // network that comes up a moment later than the unit.
    private static readonly TimeSpan _openDeadline = TimeSpan.FromSeconds(10);

    private readonly S3StoreOptions _options;
    private readonly S3Target _target;
    private readonly CredentialCache _credentials;
    private readonly HttpMessageInvoker _http;
    private readonly S3Requester _requester;

    private S3ObjectStore(S3StoreOptions options, S3Services services, S3Settings settings)
    {
        _options = options;
        _target = new S3Target(settings.Endpoint, services.TimeProvider);
        _credentials = new CredentialCache(SourceOf(options, services, settings), services.TimeProvider, services.Logger, services.Random);
        _http = new HttpMessageInvoker(services.HttpHandler ?? S3HttpHandler.Create(options.MaxConnections, settings.CaBundle, settings.Endpoint.IsSecure));
        var sender = new S3Sender(_http, _target, options.RequesterPays);
        var regions = new RegionFollower(options.Bucket, _target, settings.AwsEndpoints, services.Logger);
        _requester = new S3Requester(services, options, sender, _target, _credentials, regions);
    }

    /// <summary>
    /// Resolves credentials, endpoint and region and asks the bucket for one list page under the prefix, or for one byte of
    /// <see cref="S3StoreOptions.Probe"/>, so that what is wrong is known before anything is mounted. The check is not retried beyond <paramref name="cancellationToken"/>.
    /// </summary>
    /// <exception cref="ObjectStoreException">
    /// NoCredentials, NoSuchBucket, AccessDenied, WrongRegion, Unavailable (endpoint unreachable), Rejected (directory bucket, ARN,
    /// a name that no bucket can have).
    /// </exception>
    public static Task<S3ObjectStore> OpenAsync(S3StoreOptions options, TimeProvider timeProvider, ILogger logger, CancellationToken cancellationToken) =>
        OpenWithAsync(options, new S3Services { TimeProvider = timeProvider, Logger = logger }, cancellationToken);

    internal static async Task<S3ObjectStore> OpenWithAsync(S3StoreOptions options, S3Services services, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(options.MaxConnections, 1);
        BucketName.Validate(options.Bucket);
        if (System.Text.Encoding.UTF8.GetByteCount(options.Prefix) > ObjectKey.MaxLength)
            throw new ObjectStoreException(ObjectStoreFailure.Rejected, $"the prefix is longer than the {ObjectKey.MaxLength} bytes that a key can have");
        S3Settings settings = await new S3SettingsResolver(options, services).ResolveAsync(cancellationToken);
        // Over http nothing is verified. A bundle that was asked for by name must be one all the same; one from the environment or
        // the profile is there for whatever else runs on the machine, and is not looked at.
        if (options.CaBundle is { } bundle && !settings.Endpoint.IsSecure)
            CertificateBundle.Check(bundle);
        var store = new S3ObjectStore(options, services, settings);
        try
        {
            TimeSpan deadline = options.IoDeadline != Timeout.InfiniteTimeSpan && options.IoDeadline < _openDeadline ? options.IoDeadline : _openDeadline;
            // Before the clock of the first try runs: whoever signs in by a program or a browser takes longer.
            await store._credentials.GetAsync(cancellationToken);
            ObjectInfo? probe = options.Probe is { } found ? await found.WaitAsync(cancellationToken) : null;
            await store.CheckAsync(probe, deadline, cancellationToken);
            return store;
        }
        catch
        {
            await store.DisposeAsync();
            throw;
        }
    }

    /// <summary>Requests and bytes so far.</summary>
    public ObjectStoreStatistics Statistics => _requester.Counters.Read();

    /// <summary>Reads of whole objects whose bytes were compared with a checksum that came with them.</summary>
    public long ComparedReads => _requester.Counters.Compared;

    /// <summary>What trouble the store gave so far.</summary>
    public ObjectStoreHealth Health => _requester.Health;

    /// <summary>
    /// PreconditionFailed, NotFound or Archived, if opening found the object to be asked for (<see cref="S3StoreOptions.Probe"/>) so;
    /// null: it can be read, or none was named.
    /// </summary>
    public ObjectStoreFailure? ProbeFailure { get; private set; }

    /// <summary>The region that requests are signed for.</summary>
    public string Region => _target.Endpoint.Region;

    /// <summary>Scheme, host and port of a store that is not AWS, wherever it was named; null for AWS.</summary>
    public string? EndpointUrl => _target.Endpoint.CustomUrl;

    public async ValueTask<ObjectInfo> HeadAsync(ObjectKey key, CancellationToken cancellationToken)
    {
        ThrowIfEmpty(key);
        var head = new HeadObject(key);
        try
        {
            await _requester.RunAsync(head, _options.IoDeadline, isPatient: true, cancellationToken);
            return head.Info!;
        }
        catch (ObjectStoreException exception) when (exception.Failure == ObjectStoreFailure.AccessDenied && exception.Code is null)
        {
            return await HeadByListAsync(key, cancellationToken);
        }
    }

    public async ValueTask<ListPage> ListPageAsync(ListPageRequest request, CancellationToken cancellationToken)
    {
        var list = new ListObjects(request);
        await _requester.RunAsync(list, _options.IoDeadline, isPatient: true, cancellationToken);
        return list.Page!;
    }

    public ValueTask ReadRangeAsync(ObjectKey key, ObjectVersion version, long offset, Memory<byte> destination, IReadProgress? progress, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(offset);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(destination.Length, version.Size - offset, nameof(destination));
        ThrowIfEmpty(key);
        if (destination.IsEmpty)
            return default;
        var read = new RangedRead(key, version, offset, destination, progress, _requester.Counters);
        return _requester.RunAsync(read, _options.IoDeadline, isPatient: true, cancellationToken);
    }

    public async ValueTask DisposeAsync()
    {
        await _requester.DisposeAsync();
        _http.Dispose();
        _credentials.Dispose();
    }

    private async Task CheckAsync(ObjectInfo? probe, TimeSpan deadline, CancellationToken cancellationToken)
    {
        S3Operation check = probe is not null
            ? new RangedRead(probe.Key, probe.Version, 0, new byte[1], null, _requester.Counters)
            : new ListObjects(new ListPageRequest { Prefix = new ObjectKey(_options.Prefix), MaxKeys = 1 });
        try
        {
            await _requester.RunAsync(check, deadline, isPatient: false, cancellationToken);
        }
        catch (ObjectStoreException e) when (
            probe is not null && e.Failure is (ObjectStoreFailure.PreconditionFailed or ObjectStoreFailure.NotFound or ObjectStoreFailure.Archived))
        {
            // Who says that has answered.
            ProbeFailure = e.Failure;
        }
    }

    // The answer to a HEAD has no body, so 400 and 403 stay without a reason. A LIST gives its reason, or the object itself.
    private async ValueTask<ObjectInfo> HeadByListAsync(ObjectKey key, CancellationToken cancellationToken)
    {
        ListPage page = await ListPageAsync(new ListPageRequest { Prefix = key, MaxKeys = 1 }, cancellationToken);
        foreach (ref readonly ListedObject listed in page.Objects.Span)
        {
            if (page.KeyOf(listed).SequenceEqual(key.Span))
                return new ObjectInfo(key, listed.Version, listed.StorageClass);
        }
        throw new ObjectStoreException(ObjectStoreFailure.NotFound, $"there is no object s3://{_options.Bucket}/{key}") { Key = key };
    }

    // Without a key the bucket itself would answer.
    private static void ThrowIfEmpty(ObjectKey key)
    {
        if (key.Span.IsEmpty)
            throw new ArgumentException("a key is never empty", nameof(key));
    }

    private static ICredentialSource? SourceOf(S3StoreOptions options, S3Services services, S3Settings settings) =>
        options.NoSignRequest ? null : services.CredentialSource ?? new CredentialChain(options, settings.Profile, services);
}
