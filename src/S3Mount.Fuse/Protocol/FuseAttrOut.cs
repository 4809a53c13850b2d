using System.Runtime.InteropServices;

namespace S3Mount.Fuse.Protocol;

/// <summary>struct fuse_attr_out, 104 bytes: the answer to GETATTR.</summary>
[StructLayout(LayoutKind.Sequential)]
public struct FuseAttrOut
{
    public ulong AttrValid;
    public uint AttrValidNsec;
    public uint Dummy;
    public FuseAttr Attr;

    public void SetAttrTimeout(TimeSpan timeout) => (AttrValid, AttrValidNsec) = FuseTimeout.Split(timeout);
}
