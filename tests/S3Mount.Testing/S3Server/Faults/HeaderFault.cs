using S3Mount.Testing.S3Server.Http;

namespace S3Mount.Testing.S3Server.Faults;

/// <summary>Sets a header of the answer, such as a wrong ETag or Content-Range; null leaves it out.</summary>
public sealed record HeaderFault(string Name, string? Value) : FaultEffect
{
    internal override void Alter(ServerResponse response) => response.Headers[Name] = Value;
}
