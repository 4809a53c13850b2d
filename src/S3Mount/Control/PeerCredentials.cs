using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace S3Mount.Control;

/// <summary>
/// Who is at the other end of a Unix socket: for the server whoever connected, for the client whoever listens (SO_PEERCRED,
/// unix(7)). The kernel vouches for it.
/// </summary>
[StructLayout(LayoutKind.Sequential)]
internal readonly record struct PeerCredentials
{
    private const int SOL_SOCKET = 1;
    private const int SO_PEERCRED = 17;

    // struct ucred, include/linux/socket.h
    private readonly int _pid;
    private readonly uint _uid;
    private readonly uint _gid;

    public PeerCredentials(int pid, uint uid, uint gid) => (_pid, _uid, _gid) = (pid, uid, gid);

    /// <summary>0 when it lives in another pid namespace.</summary>
    public int Pid => _pid;

    public uint Uid => _uid;

    public uint Gid => _gid;

    /// <exception cref="SocketException"/>
    public static PeerCredentials Of(Socket socket)
    {
        Span<byte> option = stackalloc byte[Marshal.SizeOf<PeerCredentials>()];
        int length = socket.GetRawSocketOption(SOL_SOCKET, SO_PEERCRED, option);
        return length == option.Length ? MemoryMarshal.Read<PeerCredentials>(option) : throw new SocketException((int)SocketError.ProtocolOption);
    }
}
