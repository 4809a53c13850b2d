using S3Mount.Testing;
using S3Mount.Testing.S3Server;
using S3Mount.Testing.S3Server.Faults;

namespace S3Mount.MountTests.Stores;

/// <summary>Holds all requests of one kind at a gate until it is disposed, which also lets go those that are held.</summary>
internal sealed class HeldStore : IDisposable
{
    private readonly S3TestServer _server;
    private readonly Gate _gate;
    private readonly ActiveFault _fault;

    public HeldStore(S3TestServer server, S3Operation operation, Gate gate)
    {
        (_server, _gate) = (server, gate);
        _fault = server.Faults.Always(operation, new HoldFault(gate));
    }

    public void Dispose()
    {
        _server.Faults.Remove(_fault);
        _gate.Open();
    }
}
