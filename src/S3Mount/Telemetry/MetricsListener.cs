using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Logging;
using S3Mount.Control.Http;
using S3Mount.Hosting;
using S3Mount.Telemetry.Endpoints;

namespace S3Mount.Telemetry;

/// <summary>Opens <c>--metrics-listen</c>.</summary>
internal static class MetricsListener
{
    /// <summary>Prometheus, two probes and somebody with curl; those that come at the same moment wait here.</summary>
    private const int Backlog = 16;

    /// <returns>Serves until it is disposed.</returns>
    /// <exception cref="StartupException">It cannot be listened there.</exception>
    public static HttpServer Open(IPEndPoint address, ServedState state, TimeProvider timeProvider, ILogger logger)
    {
        var listener = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            listener.Bind(address);
            listener.Listen(Backlog);
        }
        catch (SocketException e)
        {
            listener.Dispose();
            string advice = e.SocketErrorCode switch
            {
                SocketError.AddressAlreadyInUse => "another program, or another mount, has that port: choose another one, or 0 for any that is free",
                SocketError.AddressNotAvailable => "this machine has no such address",
                SocketError.AccessDenied => "ports below 1024 are root's",
                _ => e.Message,
            };
            throw new StartupException($"--metrics-listen: {address} cannot be listened on: {advice}", e);
        }
        var bound = (IPEndPoint)listener.LocalEndPoint!;
        logger.MetricsServed(bound);
        return new HttpServer(
            $"metrics listener {bound}", listener, listener, [new MetricsEndpoint(state), new HealthEndpoint(), new ReadyEndpoint(state)], _ => null, timeProvider, logger);
    }
}
