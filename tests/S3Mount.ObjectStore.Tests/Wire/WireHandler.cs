using S3Mount.ObjectStore.S3;

namespace S3Mount.ObjectStore.Tests.Wire;

/// <summary>
/// The real HTTP stack over <see cref="ScriptedStream"/>s. It makes its connections on the thread pool: while it does,
/// <see cref="IsBusy"/> says so, and a <see cref="FakeWorld"/> waits.
/// </summary>
internal sealed class WireHandler : DelegatingHandler
{
    private readonly Func<string, int, byte[]> _script;
    private readonly int _mostAtOnce;
    private int _requests;
    private int _sending;

    /// <param name="script">The bytes that answer a head, and its number from 0 on.</param>
    public WireHandler(Func<string, int, byte[]> script, int mostAtOnce)
    {
        (_script, _mostAtOnce) = (script, mostAtOnce);
        SocketsHttpHandler sockets = S3HttpHandler.Create(64, caBundle: null, isSecure: false);
        sockets.ConnectCallback = (_, _) => new ValueTask<Stream>(new ScriptedStream(Answer, _mostAtOnce));
        InnerHandler = sockets;
    }

    public bool IsBusy => Volatile.Read(ref _sending) > 0;

    public int Requests => Volatile.Read(ref _requests);

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        Interlocked.Increment(ref _sending);
        try
        {
            return await base.SendAsync(request, cancellationToken);
        }
        finally
        {
            // In the world that sent: what follows is posted there before anybody looks.
            Interlocked.Decrement(ref _sending);
        }
    }

    private byte[] Answer(string head) => _script(head, Interlocked.Increment(ref _requests) - 1);
}
