using System.Text;
using S3Mount.Testing.S3Server.Http;
using S3Mount.Testing.S3Server.Operations;

namespace S3Mount.Testing.S3Server.Faults;

/// <summary>Answers with this status: an error document where there is a code, else the body as it is.</summary>
public sealed record AnswerFault(int Status) : FaultEffect
{
    /// <summary>Such as <c>SlowDown</c>.</summary>
    public string? Code { get; init; }

    public string Message { get; init; } = "As the test wanted.";

    public string Body { get; init; } = "";

    public IReadOnlyDictionary<string, string> Headers { get; init; } = new Dictionary<string, string>();

    public static AnswerFault SlowDown { get; } = new(503) { Code = "SlowDown", Message = "Please reduce your request rate." };

    public static AnswerFault Redirect(string location, int status = 307) =>
        new(status) { Code = "TemporaryRedirect", Headers = new Dictionary<string, string> { ["Location"] = location } };

    internal override ServerResponse Answer(S3Request request)
    {
        ServerResponse response = Code is null
            ? new ServerResponse(Status, Encoding.UTF8.GetBytes(Body))
            : S3Responses.Error(request, new S3Exception(Status, Code, Message));
        foreach ((string name, string value) in Headers)
            response.Headers[name] = value;
        return response;
    }
}
