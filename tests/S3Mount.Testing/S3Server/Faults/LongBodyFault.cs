using System.Text;
using S3Mount.Testing.Objects;
using S3Mount.Testing.S3Server.Http;

namespace S3Mount.Testing.S3Server.Faults;

/// <summary>
/// Answers with a body of any length that nobody holds: <see cref="Begin"/>, the text again and again, <see cref="End"/>. Such as a
/// list page that does not end, or elements in elements in elements.
/// </summary>
public sealed record LongBodyFault(string Text) : FaultEffect
{
    // Nobody reads to here.
    private const long ForEver = 1L << 60;

    public int Status { get; init; } = 200;

    public string Begin { get; init; } = "";

    /// <summary>0 is for ever.</summary>
    public long Times { get; init; }

    public string End { get; init; } = "";

    /// <summary>Whether the head says the length; else the body ends with the connection.</summary>
    public bool IsAnnounced { get; init; }

    internal override ServerResponse? Answer(S3Request request)
    {
        byte[] text = Encoding.UTF8.GetBytes(Text);
        var content = new FramedContent(Encoding.UTF8.GetBytes(Begin), new RepeatedContent(text, Times == 0 ? ForEver : Times * text.Length), Encoding.UTF8.GetBytes(End));
        var response = new ServerResponse(Status) { EndsWithConnection = !IsAnnounced };
        response.SetBody(content, 0, content.Length);
        response.Headers["Content-Type"] = "application/xml";
        return response;
    }

    private sealed class FramedContent(byte[] begin, RepeatedContent middle, byte[] end) : ObjectContent
    {
        public override long Length => begin.Length + middle.Length + end.Length;

        public override string ETag => "";

        public override ReadOnlyMemory<byte> Peek(long offset, int maxLength)
        {
            if (offset < begin.Length)
                return Piece(begin, offset, maxLength);
            offset -= begin.Length;
            return offset < middle.Length ? middle.Peek(offset, maxLength) : Piece(end, offset - middle.Length, maxLength);
        }

        private static ReadOnlyMemory<byte> Piece(byte[] bytes, long offset, int maxLength) =>
            bytes.AsMemory((int)offset, (int)Math.Min(maxLength, bytes.Length - offset));
    }
}
