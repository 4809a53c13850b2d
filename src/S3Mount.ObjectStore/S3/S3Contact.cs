using System.Net;
using System.Security.Authentication;

namespace S3Mount.ObjectStore.S3;

/// <summary>What a first connection to a store showed. The requests were unsigned, and most stores refuse them: they still answer.</summary>
public sealed record S3Contact
{
    /// <summary>Of the store, or of the proxy before it.</summary>
    public required EndPoint Address { get; init; }

    /// <summary>To connect the socket: one round trip of the network.</summary>
    public required TimeSpan ConnectTime { get; init; }

    /// <summary>From then on until bytes could be sent: the handshake, and what a proxy takes; null over http.</summary>
    public required TimeSpan? HandshakeTime { get; init; }

    /// <summary>Null over http.</summary>
    public required SslProtocols? Protocol { get; init; }

    /// <summary>Each from a request to the head of its answer, over a connection that was there; shortest first.</summary>
    public required IReadOnlyList<TimeSpan> RoundTrips { get; init; }

    /// <summary>How much later the store's clock is than ours, to the second that its Date header has; null without that header.</summary>
    public required TimeSpan? ClockOffset { get; init; }

    /// <summary>Where the bucket is, if the store says so to strangers (x-amz-bucket-region).</summary>
    public required string? BucketRegion { get; init; }
}
