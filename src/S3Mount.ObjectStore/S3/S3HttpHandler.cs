namespace S3Mount.ObjectStore.S3;

/// <summary>The HTTP stack of the data plane.</summary>
internal static class S3HttpHandler
{
    // Linux sends a SYN again after 1, 3 and 7 seconds: three lost ones are survived.
    private static readonly TimeSpan _connectTimeout = TimeSpan.FromSeconds(10);

    // The addresses behind a name of S3 change all the time (S3 User Guide, "Performance design patterns"); a connection that is
    // renewed every five minutes follows them, for one handshake in thousands of requests.
    private static readonly TimeSpan _connectionLifetime = TimeSpan.FromMinutes(5);

    // Below the 65 s after which radosgw closes an idle connection and the 75 s of nginx; losing the race costs only another try.
    private static readonly TimeSpan _idleTimeout = TimeSpan.FromSeconds(50);

    // What is left of a body that nobody wants any more is read up to here to keep its connection, a TLS handshake being about as
    // dear; beyond it the connection is closed.
    private const int MaxDrain = 64 * 1024;

    public static SocketsHttpHandler Create(int maxConnections, string? caBundle, bool isSecure)
    {
        var handler = new SocketsHttpHandler
        {
            // A redirect would carry the session token to another host.
            AllowAutoRedirect = false,
            UseCookies = false,
            AutomaticDecompression = System.Net.DecompressionMethods.None,
            ActivityHeadersPropagator = null,
            ConnectTimeout = _connectTimeout,
            PooledConnectionLifetime = _connectionLifetime,
            PooledConnectionIdleTimeout = _idleTimeout,
            MaxConnectionsPerServer = maxConnections + HedgeBudget.AtOnce(maxConnections),
            MaxResponseDrainSize = MaxDrain,
        };
        // Reading the system's store takes some ten milliseconds: only where there is something to verify.
        if (caBundle is not null && isSecure)
            handler.SslOptions.CertificateChainPolicy = CertificateBundle.Load(caBundle);
        return handler;
    }
}
