using S3Mount.Testing.S3Server.Http;

namespace S3Mount.Testing.S3Server.Faults;

/// <summary>Resets the connection after so many bytes of the body; -1, the default: before anything is sent.</summary>
public sealed record ResetFault(long AfterBytes = BodyInterruption.BeforeHead) : FaultEffect
{
    /// <summary>The bytes are those of the answer's head.</summary>
    public bool InHead { get; init; }

    internal override void Alter(ServerResponse response) => response.Interrupt(new BodyInterruption(AfterBytes, static (connection, _) =>
    {
        connection.Reset();
        return ValueTask.FromResult(false);
    })
    { IsInHead = InHead });
}
