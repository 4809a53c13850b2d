using S3Mount.Testing.S3Server.Http;

namespace S3Mount.Testing.S3Server.Faults;

/// <summary>Sends the body so many bytes at a time, with a pause before each time but the first.</summary>
public sealed record DribbleFault(int Bytes, TimeSpan Pause) : FaultEffect
{
    /// <summary>Bytes of the body that flow before.</summary>
    public long AfterBytes { get; init; }

    internal override void Alter(ServerResponse response) => response.Dribble = new Dribble(AfterBytes, Math.Max(1, Bytes), Pause);
}
