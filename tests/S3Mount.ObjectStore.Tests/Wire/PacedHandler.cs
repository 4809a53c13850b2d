using System.Net.Http.Headers;

namespace S3Mount.ObjectStore.Tests.Wire;

/// <summary>
/// Answers the opening, then ranged reads of a ramp, each at the pace that a test gives: when the head comes, and what waits between
/// the halves of the body.
/// </summary>
internal sealed class PacedHandler(TimeProvider time, byte[] content, string etag, Func<int, (TimeSpan Head, TimeSpan Middle)> pace) : HttpMessageHandler
{
    private readonly List<CancellationToken> _tokens = [];

    /// <summary>Of each request, to see which were ended.</summary>
    public IReadOnlyList<CancellationToken> Tokens
    {
        get
        {
            lock (_tokens)
                return [.. _tokens];
        }
    }

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        if (request.Headers.Range is null)
            return StubHandler.EmptyPage();
        int index;
        lock (_tokens)
        {
            index = _tokens.Count;
            _tokens.Add(cancellationToken);
        }
        (TimeSpan head, TimeSpan middle) = pace(index);
        if (head != TimeSpan.Zero)
            await FakeDelay.For(head, time, cancellationToken);
        RangeItemHeaderValue range = request.Headers.Range.Ranges.Single();
        (int first, int last) = ((int)range.From!, (int)range.To!);
        return StubHandler.Partial(new StreamContent(new PausedStream(time, content[first..(last + 1)], middle)), etag, first, last, content.Length);
    }
}
