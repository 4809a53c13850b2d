using System.Globalization;
using System.Net.Sockets;
using Microsoft.Extensions.Logging;
using S3Mount.Control.Http;

namespace S3Mount.Control;

/// <summary>Answers on a mount's control socket, to the mount's own user and to root.</summary>
internal sealed class ControlServer : IAsyncDisposable
{
    private readonly ControlSocket _socket;
    private readonly uint _uid;
    private readonly HttpServer _server;

    /// <param name="socket">Owned by the server from here on.</param>
    /// <param name="uid">Who besides root is answered.</param>
    public ControlServer(ControlSocket socket, IReadOnlyList<IControlEndpoint> endpoints, uint uid, TimeProvider timeProvider, ILogger logger)
    {
        _socket = socket;
        _uid = uid;
        _server = new HttpServer($"control socket {socket.Path}", socket.Listener, socket, endpoints, Refuse, timeProvider, logger);
    }

    public string Path => _socket.Path;

    /// <summary>Ends what is being answered; the socket's name is gone afterwards.</summary>
    public ValueTask DisposeAsync() => _server.DisposeAsync();

    private ControlResponse? Refuse(Socket connection)
    {
        uint peer = PeerCredentials.Of(connection).Uid;
        // The directory's mode keeps others out; this holds where somebody has changed that.
        return peer == 0 || peer == _uid
            ? null
            : ControlResponse.Problem(403, string.Create(CultureInfo.InvariantCulture, $"this mount belongs to user {_uid}: only that user and root may ask it"));
    }
}
