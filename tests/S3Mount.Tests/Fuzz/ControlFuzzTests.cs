using System.Text;
using S3Mount.Testing.Fuzzing;
using S3Mount.Tests.Control;

namespace S3Mount.Tests.Fuzz;

/// <summary>Bytes on the control socket: each connection gets one answer, and the next one is served.</summary>
[Category("Fuzz")]
public sealed class ControlFuzzTests
{
    private static readonly byte[][] _words = FuzzRun.Words(
        "\r\n", "\r\n\r\n", " ", ":", "HTTP/1.1", "HTTP/1.0", "GET ", "POST ", "/v1/echo", "Content-Length: 5\r\n", "Content-Length: -1\r\n", "Content-Length: 49152\r\n", "Transfer-Encoding: chunked\r\n", "\0", "\xff");

    [Test]
    public async Task Whatever_comes_gets_an_answer()
    {
        await using var rig = new ControlRig(TestEndpoint.Echo("POST", "/v1/echo"), TestEndpoint.Echo("GET", "/v1/echo"));
        Corpus corpus = Corpus.OfTexts(
            "ControlRequests", "GET /v1/echo HTTP/1.1\r\nHost: x\r\n\r\n", "POST /v1/echo HTTP/1.1\r\nHost: x\r\ncontent-length:  5 \r\n\r\nhello", "POST /v1/nothing HTTP/1.0\r\nContent-Length: 0\r\n\r\n");
        FuzzResult result = new FuzzRun { Corpus = corpus, Executions = 1000, Tokens = _words, MaxLength = 12 * 1024 }.Run(async input =>
        {
            string answer = await rig.AskAsync(Encoding.Latin1.GetString(input), CancellationToken.None, end: true);
            if (input.Length == 0)
                return "nothing";
            FuzzCheckException.Unless(answer.StartsWith("HTTP/1.1 ", StringComparison.Ordinal) && answer.Contains("\r\n\r\n", StringComparison.Ordinal), "no answer");
            return answer[9..12];
        });
        Assert.That(result.Outcomes.Keys, Is.SupersetOf(new[] { "200", "400", "404" }));
        Assert.That(result.Outcomes.Keys, Has.None.StartsWith("5"));
        Assert.That(rig.Failures.Find(), Is.Null);
    }
}
