using S3Mount.Testing.S3Server.Http;

namespace S3Mount.Testing.S3Server.Faults;

/// <summary>Announces and sends only so many bytes of the body; Content-Range still says what was asked for.</summary>
public sealed record ShortenFault(long Length) : FaultEffect
{
    internal override void Alter(ServerResponse response)
    {
        if (response.Content is { } content && response.Length > Length)
            response.SetBody(content, response.Offset, Length);
    }
}
