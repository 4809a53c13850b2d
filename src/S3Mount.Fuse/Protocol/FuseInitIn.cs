using System.Runtime.InteropServices;

namespace S3Mount.Fuse.Protocol;

/// <summary>struct fuse_init_in, 64 bytes from 7.36 on (Linux 5.17), the first 16 before that.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct FuseInitIn
{
    public uint Major;
    public uint Minor;
    public uint MaxReadahead;
    public uint Flags;
    /// <summary>Bits 32 to 63 of the flags; only with INIT_EXT (7.36).</summary>
    public uint Flags2;
    private unsafe fixed uint _unused[11];
}
