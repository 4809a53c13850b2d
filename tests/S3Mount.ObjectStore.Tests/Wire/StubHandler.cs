using System.Net;
using System.Text;

namespace S3Mount.ObjectStore.Tests.Wire;

/// <summary>Answers requests without a wire, so that the only timers under way are those of the code under test.</summary>
internal sealed class StubHandler(Func<HttpRequestMessage, int, HttpResponseMessage> script) : HttpMessageHandler
{
    private readonly List<Uri> _addresses = [];

    public IReadOnlyList<Uri> Addresses
    {
        get
        {
            lock (_addresses)
                return [.. _addresses];
        }
    }

    public static HttpResponseMessage EmptyPage() => Answer(HttpStatusCode.OK, "<ListBucketResult><IsTruncated>false</IsTruncated></ListBucketResult>");

    public static HttpResponseMessage Answer(HttpStatusCode status, string body, params (string Name, string Value)[] headers)
    {
        var answer = new HttpResponseMessage(status) { Content = new ByteArrayContent(Encoding.UTF8.GetBytes(body)) };
        foreach ((string name, string value) in headers)
        {
            if (!answer.Headers.TryAddWithoutValidation(name, value))
                answer.Content.Headers.TryAddWithoutValidation(name, value);
        }
        return answer;
    }

    public static HttpResponseMessage Error(HttpStatusCode status, string code, params (string Name, string Value)[] headers) =>
        Answer(status, $"<Error><Code>{code}</Code><Message>words</Message></Error>", headers);

    /// <summary>A 206 with this body.</summary>
    public static HttpResponseMessage Partial(HttpContent body, string etag, int first, int last, int size)
    {
        var answer = new HttpResponseMessage(HttpStatusCode.PartialContent) { Content = body };
        answer.Headers.TryAddWithoutValidation("ETag", $"\"{etag}\"");
        body.Headers.TryAddWithoutValidation("Content-Range", $"bytes {first}-{last}/{size}");
        body.Headers.ContentLength = last - first + 1;
        return answer;
    }

    protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        int index;
        lock (_addresses)
        {
            index = _addresses.Count;
            _addresses.Add(request.RequestUri!);
        }
        try
        {
            return Task.FromResult(script(request, index));
        }
        catch (Exception exception)
        {
            return Task.FromException<HttpResponseMessage>(exception);
        }
    }
}
