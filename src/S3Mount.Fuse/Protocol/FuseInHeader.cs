using System.Runtime.InteropServices;

namespace S3Mount.Fuse.Protocol;

/// <summary>struct fuse_in_header, 40 bytes: the beginning of every request.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct FuseInHeader
{
    /// <summary>Bytes of the whole message, this header included.</summary>
    public uint Len;
    public FuseOpcode Opcode;
    public ulong Unique;
    public ulong NodeId;
    public uint Uid;
    public uint Gid;
    public uint Pid;
    /// <summary>Length of the extensions at the end of the message in units of 8 bytes (7.38).</summary>
    public ushort TotalExtLen;
    public ushort Padding;
}
