using System.Diagnostics;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using Microsoft.Extensions.Logging;

namespace S3Mount.ObjectStore.S3;

/// <summary>
/// The steps that <see cref="S3ObjectStore.OpenAsync"/> takes, one by one, for who wants to say at which of them a store fails.
/// One call at a time.
/// </summary>
public sealed class S3Inspector
{
    // As long as a mount waits for its first credentials (CredentialCache).
    private static readonly TimeSpan _signInDeadline = TimeSpan.FromSeconds(30);

    // The shortest of a few has met no queue; more would tell no more, and a store on another continent takes a second for these.
    private const int RoundTrips = 5;

    // Date has whole seconds: on the average half of one is cut off.
    private static readonly TimeSpan _cutOffDate = TimeSpan.FromSeconds(0.5);

    private readonly S3StoreOptions _options;
    private readonly S3Services _services;
    private readonly S3Settings _settings;

    private S3Inspector(S3StoreOptions options, S3Services services, S3Settings settings)
    {
        (_options, _services, _settings) = (options, services, settings);
        S3Endpoint endpoint = settings.Endpoint;
        string path = endpoint.PathOf(default);
        Place = new S3Place
        {
            Address = endpoint.AddressOf(path, ""),
            EndpointSource = settings.EndpointSource,
            CustomUrl = endpoint.CustomUrl,
            IsPathStyle = path != "/",
            Region = endpoint.Region,
            RegionSource = settings.RegionSource,
            CaBundle = settings.CaBundle,
            Problems = settings.Profile.Problems,
        };
    }

    public S3Place Place { get; }

    /// <summary>Reads options, environment and profile; of the network, only instance metadata is asked, for a second at most.</summary>
    /// <exception cref="ObjectStoreException">Rejected (a bucket, endpoint or region that cannot be), NoCredentials (no such profile).</exception>
    public static Task<S3Inspector> ResolveAsync(S3StoreOptions options, TimeProvider timeProvider, ILogger logger, CancellationToken cancellationToken) =>
        ResolveWithAsync(options, new S3Services { TimeProvider = timeProvider, Logger = logger }, cancellationToken);

    internal static async Task<S3Inspector> ResolveWithAsync(S3StoreOptions options, S3Services services, CancellationToken cancellationToken)
    {
        BucketName.Validate(options.Bucket);
        return new S3Inspector(options, services, await new S3SettingsResolver(options, services).ResolveAsync(cancellationToken));
    }

    /// <summary>Finds credentials where a mount finds them.</summary>
    /// <returns>Null: requests are anonymous, as was asked for.</returns>
    /// <exception cref="ObjectStoreException">NoCredentials.</exception>
    public async Task<S3Identity?> SignInAsync(CancellationToken cancellationToken)
    {
        if (_options.NoSignRequest)
            return null;
        var chain = new CredentialChain(_options, _settings.Profile, _services);
        ICredentialSource source = _services.CredentialSource ?? chain;
        using var deadline = new TryClock(_signInDeadline, _services.TimeProvider, cancellationToken);
        try
        {
            // The providers of the SDK may block, and heed no token: the thread is left to them when the deadline has passed.
            AwsCredentials found = await Task.Run(() => source.FetchAsync(anew: false, deadline.Token), CancellationToken.None).WaitAsync(deadline.Token);
            bool isFixed = found.SessionToken is not null && found.ExpiresAt is null;
            return new S3Identity(ObjectStoreText.OneLine(chain.Source ?? "another source"), ObjectStoreText.OneLine(found.AccessKeyId), found.SessionToken is not null, found.ExpiresAt, !isFixed);
        }
        catch (OperationCanceledException exception) when (!cancellationToken.IsCancellationRequested)
        {
            throw new ObjectStoreException(ObjectStoreFailure.NoCredentials, $"the credentials did not arrive within {_signInDeadline.TotalSeconds:0} s", exception);
        }
    }

    /// <summary>Connects, and asks a few times, without a signature, for the bucket itself.</summary>
    /// <exception cref="HttpRequestException">No connection, no trust, or no answer in HTTP; its HttpRequestError tells which.</exception>
    /// <exception cref="IOException">The connection broke.</exception>
    /// <exception cref="ObjectStoreException">Rejected: the CA bundle cannot be used.</exception>
    public async Task<S3Contact> ContactAsync(CancellationToken cancellationToken)
    {
        // The first connection of a process pays for what the runtime loads and compiles: several times what the network takes.
        await ContactOnceAsync(0, cancellationToken);
        return await ContactOnceAsync(RoundTrips, cancellationToken);
    }

    private async Task<S3Contact> ContactOnceAsync(int count, CancellationToken cancellationToken)
    {
        var times = new ConnectTimes();
        using SocketsHttpHandler handler = S3HttpHandler.Create(1, _settings.CaBundle, _settings.Endpoint.IsSecure);
        handler.ConnectCallback = times.ConnectAsync;
        handler.PlaintextStreamFilter = times.Ready;
        using var http = new HttpMessageInvoker(handler, disposeHandler: false);
        Answer answer = await AskAsync(http, cancellationToken);
        var roundTrips = new List<TimeSpan>(count);
        for (int i = 0; i < count; i++)
        {
            int connections = times.Connections;
            answer = await AskAsync(http, cancellationToken);
            // A store that closes after each answer has made it connect again: that is no round trip.
            if (times.Connections == connections)
                roundTrips.Add(answer.Took);
        }
        roundTrips.Sort();
        return new S3Contact
        {
            Address = times.Address!,
            ConnectTime = times.Connect,
            HandshakeTime = _settings.Endpoint.IsSecure ? times.Handshake : null,
            Protocol = times.Protocol,
            RoundTrips = roundTrips,
            ClockOffset = answer.StoreTime is { } said ? said + _cutOffDate - (answer.AskedAt + (answer.Took / 2)) : null,
            BucketRegion = answer.Region,
        };
    }

    private async Task<Answer> AskAsync(HttpMessageInvoker http, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Head, Place.Address);
        DateTimeOffset askedAt = _services.TimeProvider.GetUtcNow();
        long startedAt = Stopwatch.GetTimestamp();
        using HttpResponseMessage response = await SendAsync(http, request, cancellationToken);
        TimeSpan took = Stopwatch.GetElapsedTime(startedAt);
        S3Failure read = S3FailureReader.Read(response, S3Error.Unknown, new S3Failure { Endpoint = _settings.Endpoint });
        return new Answer(askedAt, took, read.StoreTime, read.Region);
    }

    private static async Task<HttpResponseMessage> SendAsync(HttpMessageInvoker http, HttpRequestMessage request, CancellationToken cancellationToken)
    {
        try
        {
            return await http.SendAsync(request, cancellationToken);
        }
        catch (OperationCanceledException exception) when (!cancellationToken.IsCancellationRequested)
        {
            // The handler's own clock, of the connect and the handshake.
            throw new HttpRequestException(HttpRequestError.ConnectionError, exception.Message, exception);
        }
    }

    private sealed record Answer(DateTimeOffset AskedAt, TimeSpan Took, DateTimeOffset? StoreTime, string? Region);

    /// <summary>Takes the times of the connection that is made; of several, those of the first.</summary>
    private sealed class ConnectTimes
    {
        private long _connectedAt;

        public int Connections { get; private set; }

        public EndPoint? Address { get; private set; }

        public TimeSpan Connect { get; private set; }

        public TimeSpan Handshake { get; private set; }

        public SslProtocols? Protocol { get; private set; }

        public async ValueTask<Stream> ConnectAsync(SocketsHttpConnectionContext context, CancellationToken cancellationToken)
        {
            Connections++;
            IPAddress[] addresses = await Dns.GetHostAddressesAsync(context.DnsEndPoint.Host, cancellationToken);
            var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
            try
            {
                long startedAt = Stopwatch.GetTimestamp();
                await socket.ConnectAsync(addresses, context.DnsEndPoint.Port, cancellationToken);
                if (Connections == 1)
                    (Connect, Address, _connectedAt) = (Stopwatch.GetElapsedTime(startedAt), Plain(socket.RemoteEndPoint), Stopwatch.GetTimestamp());
                return new NetworkStream(socket, ownsSocket: true);
            }
            catch
            {
                socket.Dispose();
                throw;
            }
        }

        // A socket for both families shows IPv4 as ::ffff:10.0.0.5.
        private static EndPoint? Plain(EndPoint? address) =>
            address is IPEndPoint { Address.IsIPv4MappedToIPv6: true } mapped ? new IPEndPoint(mapped.Address.MapToIPv4(), mapped.Port) : address;

        public ValueTask<Stream> Ready(SocketsHttpPlaintextStreamFilterContext context, CancellationToken cancellationToken)
        {
            if (Connections == 1 && Protocol is null && context.PlaintextStream is SslStream secured)
                (Handshake, Protocol) = (Stopwatch.GetElapsedTime(_connectedAt), secured.SslProtocol);
            return ValueTask.FromResult(context.PlaintextStream);
        }
    }
}
