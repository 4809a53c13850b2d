using System.Globalization;
using System.Net.Sockets;
using System.Text;
using Mono.Unix.Native;

namespace S3Mount.Control;

/// <summary>
/// A listening Unix socket that has a name for as long as this lives. It is named after the device number of its mount, which a
/// client reads in /proc/self/mountinfo without touching the mount: no two file systems of a machine have the same at a time,
/// while one mountpoint may have several (one detached and still in use, one in each container), and one mount several
/// mountpoints.
/// </summary>
internal sealed class ControlSocket : IDisposable
{
    /// <summary>sun_path, less its NUL (unix(7)).</summary>
    public const int LongestPath = 107;

    private const string Suffix = ".sock";
    private const FilePermissions OwnerOnly = FilePermissions.S_IRUSR | FilePermissions.S_IWUSR;

    // Clients that connect while all that may be served at once are: they wait their turn here.
    private const int Backlog = 16;

    private readonly (ulong Device, ulong Inode) _file;

    private ControlSocket(string path, Socket listener, (ulong Device, ulong Inode) file)
    {
        Path = path;
        Listener = listener;
        _file = file;
    }

    public string Path { get; }

    public Socket Listener { get; }

    /// <param name="device">MAJOR:MINOR.</param>
    public static string NameOf(string device) => device.Replace(':', '-') + Suffix;

    public static bool Fits(string path) => Encoding.UTF8.GetByteCount(path) <= LongestPath;

    /// <summary>Listens under the device's name, in place of what a daemon that died has left there.</summary>
    /// <param name="directory">The caller's own.</param>
    /// <exception cref="IOException">The reason, as one line.</exception>
    public static ControlSocket Listen(string directory, string device)
    {
        string path = System.IO.Path.Join(directory, NameOf(device));
        // Under another name first, so that whoever finds the socket finds it listening, and with its mode.
        string making = string.Create(CultureInfo.InvariantCulture, $"{directory}/.{Environment.ProcessId}-{NameOf(device)}");
        if (!Fits(making))
            throw new IOException($"{path} is longer than the name of a socket can be");
        _ = Syscall.unlink(making);
        var listener = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            listener.Bind(new UnixDomainSocketEndPoint(making));
            listener.Listen(Backlog);
            if (Syscall.chmod(making, OwnerOnly) != 0 || Syscall.lstat(making, out Stat made) != 0 || Syscall.rename(making, path) != 0)
                throw new IOException($"{path} cannot be made ({Stdlib.GetLastError()})");
            return new ControlSocket(path, listener, (made.st_dev, made.st_ino));
        }
        catch (Exception failure)
        {
            listener.Dispose();
            _ = Syscall.unlink(making);
            if (failure is SocketException)
                throw new IOException($"{path} cannot be made ({failure.Message})", failure);
            throw;
        }
    }

    /// <summary>Removes sockets of daemons that died: nobody listens there.</summary>
    /// <param name="devices">Of mounts that are still there, whose sockets tell that their daemons have died.</param>
    public static void Sweep(string directory, IEnumerable<string> devices)
    {
        HashSet<string> kept = [.. devices.Select(NameOf)];
        foreach (string path in Directory.EnumerateFiles(directory, "*" + Suffix).Where(path => Fits(path) && !kept.Contains(System.IO.Path.GetFileName(path))))
        {
            using var probe = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified) { Blocking = false };
            try
            {
                probe.Connect(new UnixDomainSocketEndPoint(path));
            }
            catch (SocketException e) when (e.SocketErrorCode == SocketError.ConnectionRefused)
            {
                _ = Syscall.unlink(path);
            }
            catch (SocketException)
            {
                // Somebody listens and is busy, or it has just gone.
            }
        }
    }

    /// <summary>Stops listening; the name goes unless another daemon has taken it.</summary>
    public void Dispose()
    {
        if (Syscall.lstat(Path, out Stat found) == 0 && (found.st_dev, found.st_ino) == _file)
            _ = Syscall.unlink(Path);
        Listener.Dispose();
    }
}
