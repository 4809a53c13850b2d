using System.Runtime.InteropServices;

namespace S3Mount.Fuse.Protocol;

/// <summary>struct fuse_out_header, 16 bytes: the beginning of every answer and notification.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct FuseOutHeader
{
    /// <summary>Bytes of the whole message, this header included.</summary>
    public uint Len;
    /// <summary>0, a negative errno, or in a notification its code.</summary>
    public int Error;
    /// <summary>The unique of the request; 0 makes the message a notification.</summary>
    public ulong Unique;
}
