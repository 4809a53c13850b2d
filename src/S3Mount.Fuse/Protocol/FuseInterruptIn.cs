using System.Runtime.InteropServices;

namespace S3Mount.Fuse.Protocol;

/// <summary>struct fuse_interrupt_in, 8 bytes.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct FuseInterruptIn
{
    /// <summary>The unique of the request that nobody waits for any longer.</summary>
    public ulong Unique;
}
