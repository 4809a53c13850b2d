namespace S3Mount.Fuse.Session;

/// <summary>Counters of a session; read at any time from any thread.</summary>
public sealed class FuseStatistics
{
    /// <summary>Requests read from the device, FORGETs included.</summary>
    public long Requests => throw new NotImplementedException();

    /// <summary>Requests with this opcode.</summary>
    public long Count(Protocol.FuseOpcode opcode) => throw new NotImplementedException();

    /// <summary>Requests read and not yet answered.</summary>
    public int InFlight => throw new NotImplementedException();
}
