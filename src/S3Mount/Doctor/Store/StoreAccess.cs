using System.Net;
using Microsoft.Extensions.Logging;
using S3Mount.ObjectStore.S3;

namespace S3Mount.Doctor.Store;

/// <summary>The steps to a store as the checks take them; tests give their own.</summary>
internal sealed record StoreAccess
{
    /// <summary>A request is tried again for so long: a store that hangs is to be told of, not waited for.</summary>
    private static readonly TimeSpan _longestDeadline = TimeSpan.FromSeconds(10);

    /// <exception cref="ObjectStore.ObjectStoreException"/>
    public required Func<CancellationToken, Task<S3Place>> ResolveAsync { get; init; }

    /// <exception cref="System.Net.Sockets.SocketException"/>
    public required Func<string, CancellationToken, Task<IPAddress[]>> FindAddressesAsync { get; init; }

    /// <summary>The proxy for an address; null: none.</summary>
    public required Func<Uri, Uri?> ProxyOf { get; init; }

    public required Func<string, string?> Variable { get; init; }

    /// <summary>As <see cref="S3Inspector.ContactAsync"/>.</summary>
    public required Func<CancellationToken, Task<S3Contact>> ContactAsync { get; init; }

    /// <summary>As <see cref="S3Inspector.SignInAsync"/>.</summary>
    public required Func<CancellationToken, Task<S3Identity?>> SignInAsync { get; init; }

    /// <exception cref="ObjectStore.ObjectStoreException"/>
    public required Func<CancellationToken, Task<ExaminedStore>> OpenAsync { get; init; }

    /// <param name="connections">As many requests at once at most.</param>
    public static StoreAccess Of(S3StoreOptions options, int connections, TimeProvider timeProvider, ILogger logger)
    {
        bool isPatient = options.IoDeadline == Timeout.InfiniteTimeSpan || options.IoDeadline > _longestDeadline;
        S3StoreOptions examined = options with { MaxConnections = connections, IoDeadline = isPatient ? _longestDeadline : options.IoDeadline };
        S3Inspector? inspector = null;
        return new StoreAccess
        {
            ResolveAsync = async cancellationToken => (inspector = await S3Inspector.ResolveAsync(examined, timeProvider, logger, cancellationToken).ConfigureAwait(false)).Place,
            FindAddressesAsync = Dns.GetHostAddressesAsync,
            ProxyOf = address => HttpClient.DefaultProxy.IsBypassed(address) ? null : HttpClient.DefaultProxy.GetProxy(address),
            Variable = Environment.GetEnvironmentVariable,
            ContactAsync = cancellationToken => inspector!.ContactAsync(cancellationToken),
            SignInAsync = cancellationToken => inspector!.SignInAsync(cancellationToken),
            OpenAsync = async cancellationToken =>
            {
                S3ObjectStore store = await S3ObjectStore.OpenAsync(examined, timeProvider, logger, cancellationToken).ConfigureAwait(false);
                return new ExaminedStore(store, store.Region, () => store.Statistics.BytesRead, () => store.ComparedReads, () => store.Health.Throttled);
            },
        };
    }
}
