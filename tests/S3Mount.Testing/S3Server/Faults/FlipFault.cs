using S3Mount.Testing.Objects;
using S3Mount.Testing.S3Server.Http;
using S3Mount.Testing.Synthetic;

namespace S3Mount.Testing.S3Server.Faults;

/// <summary>Sends this byte of the body with all its bits turned over.</summary>
public sealed record FlipFault(long At) : FaultEffect
{
    /// <summary>Draws another byte each time, from <see cref="At"/> on; null takes that one itself.</summary>
    public int? Seed { get; init; }

    internal override void Alter(in FaultCase taken, ServerResponse response)
    {
        if (response.Content is not { } content || At >= response.Length)
            return;
        long at = At;
        if (Seed is { } seed)
            at += (long)(Mixing.Mix(Mixing.Mix((ulong)seed) + (ulong)taken.Number) % (ulong)(response.Length - At));
        response.SetBody(new FlippedContent(content, response.Offset + at), response.Offset, response.Length);
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
