namespace S3Mount.ObjectStore.Tests.Wire;

/// <summary>Answers the opening, then nobody.</summary>
internal sealed class SilentHandler : HttpMessageHandler
{
    private int _requests;

    public int Requests => Volatile.Read(ref _requests);

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        if (Interlocked.Increment(ref _requests) > 1)
            await FakeDelay.For(Timeout.InfiniteTimeSpan, TimeProvider.System, cancellationToken);
        return StubHandler.EmptyPage();
    }
}
