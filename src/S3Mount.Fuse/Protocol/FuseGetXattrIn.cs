using System.Runtime.InteropServices;

namespace S3Mount.Fuse.Protocol;

/// <summary>struct fuse_getxattr_in, 8 bytes: GETXATTR (a name follows) and LISTXATTR.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct FuseGetXattrIn
{
    /// <summary>Bytes the caller has room for; 0 asks for the length.</summary>
    public uint Size;
    public uint Padding;
}
