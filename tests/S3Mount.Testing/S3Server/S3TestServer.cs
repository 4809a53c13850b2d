using System.Collections.Concurrent;
using System.Globalization;
using S3Mount.Testing.S3Server.Faults;
using S3Mount.Testing.S3Server.Http;
using S3Mount.Testing.S3Server.Signing;
using S3Mount.Testing.S3Server.Tls;

namespace S3Mount.Testing.S3Server;

/// <summary>
/// An S3 server in memory on a loopback port, which can be slow and can fail. Any thread may use it and change its buckets, speed
/// and faults at any time. It shares no code with the store that it tests.
/// </summary>
public sealed class S3TestServer : IAsyncDisposable
{
    private readonly ConcurrentDictionary<string, S3Credentials> _credentials = new();
    private readonly BucketTable _buckets;
    private readonly ServerTls? _tls;
    private readonly HttpServer _http;
    private volatile S3ServerSpeed _speed;
    private volatile S3ListingStyle _listing;
    private volatile S3ChecksumStyle _checksums;
    private long _clockOffset;
    private ITimer? _restoring;

    private S3TestServer(S3ServerOptions options)
    {
        Options = options;
        _speed = options.Speed;
        _listing = options.Listing;
        _checksums = options.Checksums;
        ClockOffset = options.ClockOffset;
        foreach (S3Credentials credentials in options.Credentials)
            AddCredentials(credentials);
        Requests = new RequestLog(options.RequestLogCapacity);
        Faults = new FaultTable(options.TimeProvider);
        _buckets = new BucketTable(options.TimeProvider);
        var service = new S3Service(this, _buckets, new S3Access(options, new SigV4Verifier(_credentials, Now)));
        // Clients look at certificates by the clock of the machine.
        _tls = options.UsesTls ? new ServerTls(DateTimeOffset.UtcNow) : null;
        _http = new HttpServer(options.Port, options.TimeProvider, _tls, service.HandleAsync);
        Url = string.Create(CultureInfo.InvariantCulture, $"http{(_tls is null ? "" : "s")}://127.0.0.1:{_http.Port}");
    }

    public S3ServerOptions Options { get; }

    /// <summary>The endpoint, without a slash at its end.</summary>
    public string Url { get; }

    public int Port => _http.Port;

    /// <summary>The certificate of the authority that signs the server's, in PEM.</summary>
    public string AuthorityPem => Secured.AuthorityPem;

    /// <summary>What new connections are shown.</summary>
    public TlsMode Tls
    {
        get => Secured.Mode;
        set => Secured.Mode = value;
    }

    public RequestLog Requests { get; }

    public FaultTable Faults { get; }

    public S3ServerSpeed Speed
    {
        get => _speed;
        set => _speed = value;
    }

    public S3ListingStyle Listing
    {
        get => _listing;
        set => _listing = value;
    }

    public S3ChecksumStyle Checksums
    {
        get => _checksums;
        set => _checksums = value;
    }

    /// <summary>By how much the server's idea of the date is ahead of the clock.</summary>
    public TimeSpan ClockOffset
    {
        get => new(Interlocked.Read(ref _clockOffset));
        set => Interlocked.Exchange(ref _clockOffset, value.Ticks);
    }

    public S3ServerStatistics Statistics => new(
        Requests.CountsByName(), Requests.Total, _http.Traffic.BodyBytesSent, _http.Traffic.ConnectionsAccepted, _http.Traffic.ConnectionsOpen, Requests.InFlight, _http.Traffic.MostAnswering);

    /// <summary>Listens when it returns.</summary>
    public static Task<S3TestServer> StartAsync(S3ServerOptions? options = null) => Task.FromResult(new S3TestServer(options ?? new S3ServerOptions()));

    public S3Bucket CreateBucket(string name, bool isPublic = false, string? region = null) => _buckets.Add(name, region ?? Options.Region, isPublic);

    public S3Bucket Bucket(string name) => _buckets.Get(name);

    public void AddCredentials(S3Credentials credentials) => _credentials[credentials.AccessKey] = credentials;

    public void RemoveCredentials(string accessKey) => _credentials.TryRemove(accessKey, out _);

    /// <summary>Counters and the log of requests begin anew; buckets, faults and speed stay.</summary>
    public void ResetStatistics()
    {
        Requests.Reset();
        _http.Traffic.Reset();
    }

    /// <summary>What happens to connections that clients make from now on.</summary>
    public ConnectionMode Connections
    {
        get => _http.Mode;
        set
        {
            Interlocked.Exchange(ref _restoring, null)?.Dispose();
            _http.Mode = value;
        }
    }

    /// <summary>The same for so long on the server's clock; then they are served again.</summary>
    public void SetConnections(ConnectionMode mode, TimeSpan duration)
    {
        Connections = mode;
        ITimer restoring = Options.TimeProvider.CreateTimer(_ => _http.Mode = ConnectionMode.Serve, null, duration, Timeout.InfiniteTimeSpan);
        Interlocked.Exchange(ref _restoring, restoring)?.Dispose();
    }

    /// <summary>Resets all connections that are open now; new ones are welcome.</summary>
    public void ResetConnections() => _http.ResetConnections();

    internal void ResetConnections(HttpConnection except) => _http.ResetConnections(except);

    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _restoring, null) is { } restoring)
            await restoring.DisposeAsync();
        await _http.DisposeAsync();
        _tls?.Dispose();
    }

    private ServerTls Secured => _tls ?? throw new InvalidOperationException("The server speaks no TLS.");

    internal DateTimeOffset Now() => Options.TimeProvider.GetUtcNow() + ClockOffset;
}
