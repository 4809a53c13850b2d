using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace S3Mount.Control.Http;

/// <summary>An answer: a status of HTTP and a document.</summary>
internal sealed record ControlResponse(int Status, ReadOnlyMemory<byte> Body)
{
    /// <summary>JSON unless it says otherwise.</summary>
    public string ContentType { get; init; } = ControlMessage.Json;

    public static ControlResponse Text(int status, string text, string contentType = "text/plain; charset=utf-8") => new(status, Encoding.UTF8.GetBytes(text)) { ContentType = contentType };

    public static ControlResponse Ok<T>(T answer, JsonTypeInfo<T> type) => new(200, JsonSerializer.SerializeToUtf8Bytes(answer, type));

    /// <param name="message">A sentence for people: what is wrong, and what to do.</param>
    public static ControlResponse Problem(int status, string message) =>
        new(status, JsonSerializer.SerializeToUtf8Bytes(new ControlProblem(message), ControlJson.Default.ControlProblem));
}
