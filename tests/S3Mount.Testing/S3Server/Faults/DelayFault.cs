using S3Mount.Testing.S3Server.Http;

namespace S3Mount.Testing.S3Server.Faults;

/// <summary>Sends the first byte so much later than the server's speed says.</summary>
public sealed record DelayFault(TimeSpan Duration) : FaultEffect
{
    internal override void Alter(ServerResponse response) => response.Delay += Duration;
}
