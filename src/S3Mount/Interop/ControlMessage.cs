using System.Runtime.InteropServices;

namespace S3Mount.Interop;

/// <summary>struct cmsghdr with one descriptor (cmsg(3)): 20 bytes, and 4 up to the next word.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct ControlMessage
{
    /// <summary>Without what fills the last word.</summary>
    public nuint Length;
    public int Level;
    public int Type;
    public int Descriptor;
    public int Padding;
}
