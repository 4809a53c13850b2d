namespace S3Mount.Testing.S3Server.Http;

/// <summary>What has gone over a server's connections. Any thread.</summary>
internal sealed class HttpTraffic
{
    private long _connectionsAccepted;
    private long _connectionsOpen;
    private long _bodyBytesSent;
    private int _answering;
    private int _mostAnswering;

    public long ConnectionsAccepted => Interlocked.Read(ref _connectionsAccepted);

    public long ConnectionsOpen => Interlocked.Read(ref _connectionsOpen);

    /// <summary>Counted before they are sent, so that who has read a body finds it counted.</summary>
    public long BodyBytesSent => Interlocked.Read(ref _bodyBytesSent);

    /// <summary>The most requests whose answers were not sent to their end at one time: connections that were busy at once.</summary>
    public int MostAnswering => Volatile.Read(ref _mostAnswering);

    public void Opened()
    {
        Interlocked.Increment(ref _connectionsAccepted);
        Interlocked.Increment(ref _connectionsOpen);
    }

    public void Closed() => Interlocked.Decrement(ref _connectionsOpen);

    public void Sending(long bodyBytes) => Interlocked.Add(ref _bodyBytesSent, bodyBytes);

    /// <summary>A request has come.</summary>
    public void AnswerBegins()
    {
        int now = Interlocked.Increment(ref _answering);
        for (int most = MostAnswering; now > most; most = MostAnswering)
            Interlocked.CompareExchange(ref _mostAnswering, now, most);
    }

    /// <summary>Its answer has been sent, or cannot be.</summary>
    public void AnswerEnds() => Interlocked.Decrement(ref _answering);

    /// <summary>Open connections stay counted.</summary>
    public void Reset()
    {
        Interlocked.Exchange(ref _connectionsAccepted, 0);
        Interlocked.Exchange(ref _bodyBytesSent, 0);
        Volatile.Write(ref _mostAnswering, Volatile.Read(ref _answering));
    }
}
