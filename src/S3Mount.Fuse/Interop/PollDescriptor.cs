using System.Runtime.InteropServices;

namespace S3Mount.Fuse.Interop;

/// <summary>struct pollfd of poll(2).</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct PollDescriptor
{
    /// <summary>POLLIN: the same number on all processors of Linux (asm-generic/poll.h).</summary>
    public const short In = 1;

    public int Descriptor;
    public short Events;
    public short Returned;
}
