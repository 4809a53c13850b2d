using System.Net.Sockets;
using Microsoft.Extensions.Logging;
using S3Mount.Control.Endpoints;
using S3Mount.Fuse.Mounting;
using S3Mount.Interop;

namespace S3Mount.Control;

/// <summary>Opens the control socket of a mount in the first place that can be had.</summary>
internal static class ControlStart
{
    /// <returns>Null where there is none: the mount works all the same, and the log says so once.</returns>
    public static ControlServer? TryStart(ServedMount mount, TimeProvider timeProvider, ILogger logger)
    {
        uint uid = LibC.GetEffectiveUid();
        return TryStart(ControlDirectory.PlacesOf(uid, Environment.GetEnvironmentVariable(ControlDirectory.RuntimeVariable)), uid, mount.Mount.DeviceNumber, ControlEndpoints.Of(mount, timeProvider), timeProvider, logger);
    }

    internal static ControlServer? TryStart(IReadOnlyList<string> places, uint uid, string? device, IReadOnlyList<IControlEndpoint> endpoints, TimeProvider timeProvider, ILogger logger)
    {
        if (device is null)
        {
            logger.NoControlSocket("the mount cannot be seen in /proc/self/mountinfo");
            return null;
        }
        var reasons = new List<string>();
        foreach (string directory in places)
        {
            if (ControlDirectory.TryMake(directory, uid) is { } reason)
            {
                reasons.Add(reason);
                continue;
            }
            try
            {
                ControlSocket.Sweep(directory, MountTable.Read().Select(entry => entry.Device));
                var server = new ControlServer(ControlSocket.Listen(directory, device), endpoints, uid, timeProvider, logger);
                logger.ControlSocketOpen(server.Path);
                return server;
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException or SocketException)
            {
                reasons.Add(e.Message);
            }
        }
        logger.NoControlSocket(string.Join(", ", reasons));
        return null;
    }
}
