using System.Runtime.InteropServices;

namespace S3Mount.Interop;

/// <summary>struct msghdr of Linux with 64 bits (sendmsg(2)).</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct MessageHeader
{
    public void* Name;
    public uint NameLength;
    public IoVector* Vectors;
    public nuint VectorCount;
    public void* Control;
    public nuint ControlLength;
    public int Flags;
}
