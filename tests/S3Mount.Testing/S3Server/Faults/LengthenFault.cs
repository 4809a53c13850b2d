using System.Globalization;
using System.Text;
using S3Mount.Testing.Objects;
using S3Mount.Testing.S3Server.Http;

namespace S3Mount.Testing.S3Server.Faults;

/// <summary>
/// Sends so many bytes more than the body has. Unannounced ones lie behind the length that the head says, where the client looks for
/// the next answer; announced ones make the body longer than its Content-Range.
/// </summary>
public sealed record LengthenFault(long Bytes) : FaultEffect
{
    public bool IsAnnounced { get; init; }

    /// <summary>What the bytes are, again and again; a whole answer, it may be.</summary>
    public string Text { get; init; } = "more";

    internal override void Alter(ServerResponse response)
    {
        long length = response.Content is null ? 0 : response.Length;
        if (!IsAnnounced)
            response.Headers["Content-Length"] ??= length.ToString(CultureInfo.InvariantCulture);
        var longer = new LongerContent(response.Content, response.Offset, length, new RepeatedContent(Encoding.UTF8.GetBytes(Text), Bytes));
        response.SetBody(longer, 0, longer.Length);
    }

    private sealed class LongerContent(ObjectContent? content, long offset, long length, RepeatedContent more) : ObjectContent
    {
        public override long Length => length + more.Length;

        public override string ETag => content?.ETag ?? "";

        public override ReadOnlyMemory<byte> Peek(long position, int maxLength) => position < length
            ? content!.Peek(offset + position, (int)Math.Min(maxLength, length - position))
            : more.Peek(position - length, maxLength);
    }
}
