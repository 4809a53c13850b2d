using System.Runtime.InteropServices;

namespace S3Mount.Fuse.Protocol;

/// <summary>struct fuse_batch_forget_in, 8 bytes; Count elements of fuse_forget_one follow.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct FuseBatchForgetIn
{
    public uint Count;
    public uint Dummy;
}
