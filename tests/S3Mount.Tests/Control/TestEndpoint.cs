using System.Text;
using S3Mount.Control;
using S3Mount.Control.Http;

namespace S3Mount.Tests.Control;

/// <summary>Answers as a test tells it to.</summary>
internal sealed class TestEndpoint(string method, string path, Func<string, CancellationToken, Task<string>> answer) : IControlEndpoint
{
    public string Method => method;

    public string Path => path;

    public TimeSpan Deadline => TimeSpan.FromSeconds(60);

    public static TestEndpoint Echo(string method, string path) => new(method, path, (body, _) => Task.FromResult($"\"{body}\""));

    public async ValueTask<ControlResponse> AnswerAsync(ReadOnlyMemory<byte> body, CancellationToken cancellationToken) =>
        new(200, Encoding.UTF8.GetBytes(await answer(Encoding.UTF8.GetString(body.Span), cancellationToken)));
}
