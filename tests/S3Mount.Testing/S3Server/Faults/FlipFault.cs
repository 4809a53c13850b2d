using S3Mount.Testing.Objects;
using S3Mount.Testing.S3Server.Http;

namespace S3Mount.Testing.S3Server.Faults;

/// <summary>Sends this byte of the body with all its bits turned over.</summary>
public sealed record FlipFault(long At) : FaultEffect
{
    internal override void Alter(ServerResponse response)
    {
        if (response.Content is { } content && At < response.Length)
            response.SetBody(new FlippedContent(content, response.Offset + At), response.Offset, response.Length);
    }

    private sealed class FlippedContent(ObjectContent content, long at) : ObjectContent
    {
        public override long Length => content.Length;

        public override string ETag => content.ETag;

        public override ReadOnlyMemory<byte> Peek(long offset, int maxLength)
        {
            if (offset == at)
                return new byte[] { (byte)~content.Peek(at, 1).Span[0] };
            return content.Peek(offset, offset < at ? (int)Math.Min(maxLength, at - offset) : maxLength);
        }
    }
}
