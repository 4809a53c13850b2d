using S3Mount.Testing.S3Server.Http;

namespace S3Mount.Testing.S3Server.Faults;

/// <summary>Sends the body at this speed instead of the server's.</summary>
public sealed record RateFault(long BytesPerSecond) : FaultEffect
{
    internal override void Alter(ServerResponse response) => response.BytesPerSecond = BytesPerSecond;
}
