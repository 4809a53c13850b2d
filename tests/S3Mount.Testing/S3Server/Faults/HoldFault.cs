namespace S3Mount.Testing.S3Server.Faults;

/// <summary>Holds a request at a gate before it is handled; what is put meanwhile, it sees. It is given up when its client goes.</summary>
public sealed record HoldFault(Gate Gate) : FaultEffect
{
    internal override ValueTask BeforeAsync(S3Request request, CancellationToken cancellationToken) =>
        request.Connection.WaitAsync(token => Gate.PassAsync(token).AsTask(), cancellationToken);
}
