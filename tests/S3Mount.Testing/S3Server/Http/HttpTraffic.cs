namespace S3Mount.Testing.S3Server.Http;

/// <summary>What has gone over a server's connections. Any thread.</summary>
internal sealed class HttpTraffic
{
    private long _connectionsAccepted;
    private long _connectionsOpen;
    private long _bodyBytesSent;

    public long ConnectionsAccepted => Interlocked.Read(ref _connectionsAccepted);

    public long ConnectionsOpen => Interlocked.Read(ref _connectionsOpen);

    /// <summary>Counted before they are sent, so that who has read a body finds it counted.</summary>
    public long BodyBytesSent => Interlocked.Read(ref _bodyBytesSent);

    public void Opened()
    {
        Interlocked.Increment(ref _connectionsAccepted);
        Interlocked.Increment(ref _connectionsOpen);
    }

    public void Closed() => Interlocked.Decrement(ref _connectionsOpen);

    public void Sending(long bodyBytes) => Interlocked.Add(ref _bodyBytesSent, bodyBytes);

    /// <summary>Open connections stay counted.</summary>
    public void Reset()
    {
        Interlocked.Exchange(ref _connectionsAccepted, 0);
        Interlocked.Exchange(ref _bodyBytesSent, 0);
    }
}
