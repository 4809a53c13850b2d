using S3Mount.Testing.S3Server.Http;

namespace S3Mount.Testing.S3Server.Faults;

/// <summary>Closes the connection in good order after so many bytes of a body that was announced as longer.</summary>
public sealed record CutFault(long AfterBytes) : FaultEffect
{
    /// <summary>The bytes are those of the answer's head.</summary>
    public bool InHead { get; init; }

    internal override void Alter(ServerResponse response) =>
        response.Interrupt(new BodyInterruption(AfterBytes, static (_, _) => ValueTask.FromResult(false)) { IsInHead = InHead });
}
