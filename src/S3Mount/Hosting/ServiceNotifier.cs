using System.Net.Sockets;
using System.Text;

namespace S3Mount.Hosting;

/// <summary>Tells systemd how the service does: lines of VARIABLE=value in one datagram to NOTIFY_SOCKET (sd_notify(3)).</summary>
internal sealed class ServiceNotifier(string? notifySocket)
{
    public const string Variable = "NOTIFY_SOCKET";

    /// <summary>The mount answers.</summary>
    public bool Ready(string status) => Send($"READY=1\nSTATUS={status}\n");

    /// <summary>The mount is being taken down.</summary>
    public bool Stopping(string status) => Send($"STOPPING=1\nSTATUS={status}\n");

    public bool Status(string status) => Send($"STATUS={status}\n");

    /// <returns>False when nobody listens, or the datagram could not be sent at once.</returns>
    private bool Send(string state)
    {
        if (string.IsNullOrEmpty(notifySocket))
            return false;
        try
        {
            // "@name" is a name in the abstract namespace, which begins with a zero byte (unix(7)).
            string path = notifySocket[0] == '@' ? "\0" + notifySocket[1..] : notifySocket;
            using var socket = new Socket(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified) { Blocking = false };
            socket.SendTo(Encoding.UTF8.GetBytes(state), new UnixDomainSocketEndPoint(path));
            return true;
        }
        catch (Exception e) when (e is SocketException or ArgumentException)
        {
            return false;
        }
    }
}
