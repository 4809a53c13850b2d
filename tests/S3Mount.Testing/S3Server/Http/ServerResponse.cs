using S3Mount.Testing.Objects;

namespace S3Mount.Testing.S3Server.Http;

/// <summary>What is to be sent, how fast, and what goes wrong on the way.</summary>
public sealed class ServerResponse
{
    private List<BodyInterruption>? _interruptions;
    // Also where a fault has put other content around it.
    private PooledBytes? _pooled;

    public ServerResponse(int status) => Status = status;

    public ServerResponse(int status, ReadOnlyMemory<byte> body)
        : this(status) => SetBody(new BytesContent(body), 0, body.Length);

    public int Status { get; set; }

    public HeaderList Headers { get; } = [];

    /// <summary>Where the body comes from; null for none.</summary>
    public ObjectContent? Content { get; private set; }

    /// <summary>Where the body begins in the content.</summary>
    public long Offset { get; private set; }

    public long Length { get; private set; }

    /// <summary>Time from the request's head to the first byte of the answer.</summary>
    public TimeSpan Delay { get; set; }

    /// <summary>Of the body; 0 for as fast as it goes.</summary>
    public long BytesPerSecond { get; set; }

    /// <summary>The body has no announced length: the end of the connection is its end.</summary>
    public bool EndsWithConnection { get; set; }

    /// <summary>Sends the body in such steps with pauses between; null sends it as it comes.</summary>
    internal Dribble? Dribble { get; set; }

    public void SetBody(ObjectContent content, long offset, long length)
    {
        (Content, Offset, Length) = (content, offset, length);
        _pooled ??= content as PooledBytes;
    }

    /// <summary>The whole of the content.</summary>
    public void SetBody(ObjectContent content) => SetBody(content, 0, content.Length);

    /// <summary>Gives back the memory of a body that lies in the pool; once the answer is sent.</summary>
    internal void Release() => _pooled?.Dispose();

    internal IReadOnlyList<BodyInterruption> Interruptions => _interruptions ?? (IReadOnlyList<BodyInterruption>)[];

    internal void Interrupt(BodyInterruption interruption)
    {
        _interruptions ??= [];
        _interruptions.Add(interruption);
        _interruptions.Sort((left, right) => left.Place.CompareTo(right.Place));
    }
}
