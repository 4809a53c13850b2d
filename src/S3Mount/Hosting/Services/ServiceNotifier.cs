using System.Diagnostics;
using System.Globalization;
using System.Net.Sockets;
using System.Text;
using S3Mount.Interop;

namespace S3Mount.Hosting.Services;

/// <summary>Tells systemd how the service does: lines of VARIABLE=value in one datagram to NOTIFY_SOCKET (sd_notify(3)). Any thread.</summary>
internal sealed class ServiceNotifier(string? notifySocket)
{
    public const string Variable = "NOTIFY_SOCKET";

    /// <summary>
    /// The kernel lets a dozen datagrams wait (net.unix.max_dgram_qlen), and systemd takes them between other work: while a machine boots, or
    /// units are loaded anew, that takes up to some seconds. Without READY it would end a mount that works.
    /// </summary>
    private static readonly TimeSpan _patience = TimeSpan.FromSeconds(5);

    /// <summary>Whether there is anybody to tell.</summary>
    public bool HasListener => !string.IsNullOrEmpty(notifySocket);

    /// <summary>The mount answers. Waits while others have filled the queue.</summary>
    public bool Ready(string status) => Send($"READY=1\nSTATUS={OneLine(status)}\n", waits: true);

    /// <summary>The configuration is being read again; <see cref="Ready"/> ends it. Since when is told by the clock that never stands (sd_notify(3)).</summary>
    public bool Reloading() =>
        Send(string.Create(CultureInfo.InvariantCulture, $"RELOADING=1\nMONOTONIC_USEC={(long)Stopwatch.GetElapsedTime(0).TotalMicroseconds}\n"));

    /// <summary>The mount is being taken down.</summary>
    public bool Stopping(string status) => Send($"STOPPING=1\nSTATUS={OneLine(status)}\n");

    public bool Status(string status) => Send($"STATUS={OneLine(status)}\n");

    /// <summary>The service lives (WatchdogSec=).</summary>
    public bool Watchdog() => Send("WATCHDOG=1\n");

    /// <summary>
    /// Gives a copy of a descriptor to the service's descriptor store: it is passed on to the process that the service is next
    /// (FileDescriptorStoreMax=). One that is there already is not added again. Waits as <see cref="Ready"/> does.
    /// </summary>
    /// <param name="name">Up to 255 ASCII characters without a colon.</param>
    public bool Store(string name, int descriptor) => Send($"FDSTORE=1\nFDNAME={name}\n", waits: true, descriptor);

    /// <summary>Has the store let go of every descriptor of that name. Waits as <see cref="Ready"/> does.</summary>
    public bool Remove(string name) => Send($"FDSTOREREMOVE=1\nFDNAME={name}\n", waits: true);

    // A bucket or mountpoint may have any letters, and each line is a variable.
    private static string OneLine(string status) => status.ReplaceLineEndings(" ");

    /// <returns>False when nobody listens, or the datagram could not be sent: at once, or in time.</returns>
    private bool Send(string state, bool waits = false, int? descriptor = null)
    {
        if (string.IsNullOrEmpty(notifySocket))
            return false;
        try
        {
            // "@name" is a name in the abstract namespace, which begins with a zero byte (unix(7)).
            string path = notifySocket[0] == '@' ? "\0" + notifySocket[1..] : notifySocket;
            using var socket = new Socket(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified) { Blocking = waits, SendTimeout = (int)_patience.TotalMilliseconds };
            byte[] text = Encoding.UTF8.GetBytes(state);
            if (descriptor is null)
            {
                socket.SendTo(text, new UnixDomainSocketEndPoint(path));
                return true;
            }
            socket.Connect(new UnixDomainSocketEndPoint(path));
            return Send(socket, text, descriptor.Value);
        }
        catch (Exception e) when (e is SocketException or ArgumentException)
        {
            return false;
        }
    }

    // With a copy of the descriptor beside the text (SCM_RIGHTS, unix(7)).
    private static unsafe bool Send(Socket socket, ReadOnlySpan<byte> text, int descriptor)
    {
        var control = new ControlMessage { Length = (nuint)sizeof(ControlMessage) - 4, Level = LibC.SOL_SOCKET, Type = LibC.SCM_RIGHTS, Descriptor = descriptor };
        fixed (byte* start = text)
        {
            var vector = new IoVector { Base = start, Length = (nuint)text.Length };
            var message = new MessageHeader { Vectors = &vector, VectorCount = 1, Control = &control, ControlLength = (nuint)sizeof(ControlMessage) };
            return LibC.SendMsg((int)socket.Handle, &message, LibC.MSG_NOSIGNAL) == text.Length;
        }
    }
}
