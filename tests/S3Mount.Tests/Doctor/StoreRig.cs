using System.Net;
using System.Net.Sockets;
using S3Mount.Doctor;
using S3Mount.Doctor.Speed;
using S3Mount.Doctor.Store;
using S3Mount.ObjectStore.S3;
using S3Mount.Testing;

namespace S3Mount.Tests.Doctor;

/// <summary>A store on which everything is as it should be until a test changes it, and the checks of it.</summary>
internal sealed class StoreRig
{
    public StoreRig()
    {
        Access = new StoreAccess
        {
            ResolveAsync = _ => Task.FromResult(Place),
            FindAddressesAsync = (host, _) => Hosts.TryGetValue(host, out IPAddress[]? found) ? Task.FromResult(found) : throw new SocketException((int)SocketError.HostNotFound),
            ProxyOf = _ => Proxy,
            Variable = Variables.GetValueOrDefault,
            ContactAsync = _ => Task.FromResult(Contact),
            SignInAsync = _ => Task.FromResult<S3Identity?>(Identity),
            OpenAsync = _ => Task.FromResult(Opened),
        };
        Opened = new ExaminedStore(Store, "eu-west-1", () => BytesRead, () => 0, () => 0);
        Store.OnRead = (call, _) =>
        {
            Interlocked.Add(ref _bytesRead, call.Length);
            return ValueTask.CompletedTask;
        };
        Store.Put("p/a", "0123456789");
    }

    private long _bytesRead;

    public long BytesRead => Interlocked.Read(ref _bytesRead);

    public FakeTimeProvider Time { get; } = new();

    public Findings Findings { get; } = new();

    public FakeObjectStore Store { get; } = new();

    public Dictionary<string, IPAddress[]> Hosts { get; } = new() { ["bucket.store.example"] = [IPAddress.Loopback], ["store.example"] = [IPAddress.Loopback] };

    public Dictionary<string, string> Variables { get; } = [];

    public Uri? Proxy { get; set; }

    public S3Place Place { get; set; } = new()
    {
        Address = new Uri("https://bucket.store.example"),
        EndpointSource = "AWS_ENDPOINT_URL",
        CustomUrl = "https://store.example",
        IsPathStyle = false,
        Region = "eu-west-1",
        RegionSource = "AWS_REGION",
        CaBundle = null,
    };

    public S3Contact Contact { get; set; } = new()
    {
        Address = new IPEndPoint(IPAddress.Loopback, 443),
        ConnectTime = TimeSpan.FromMilliseconds(0.5),
        HandshakeTime = TimeSpan.FromMilliseconds(3),
        Protocol = System.Security.Authentication.SslProtocols.Tls13,
        RoundTrips = [TimeSpan.FromMilliseconds(1.5), TimeSpan.FromMilliseconds(2)],
        ClockOffset = TimeSpan.FromSeconds(0.5),
        BucketRegion = null,
    };

    public S3Identity Identity { get; set; } = new("profile work", "AKIDEXAMPLE", HasToken: false, ExpiresAt: null, IsRenewable: true);

    public ExaminedStore Opened { get; set; } = null!;

    public StoreAccess Access { get; set; }

    public bool IsQuick { get; init; } = true;

    /// <summary>All checks, in their order.</summary>
    public async Task<IReadOnlyDictionary<string, CheckReport>> RunAsync(CancellationToken cancellationToken)
    {
        var throughput = new ThroughputOptions { Connections = [1] };
        var run = new DoctorRun(DoctorChecks.OfStore(Access, Findings, "p/", "s3://bucket/p/", throughput, IsQuick, Time), Time);
        await run.RunAsync(_ => Task.CompletedTask, cancellationToken);
        return run.Reports.ToDictionary(report => report.Name);
    }
}
