using System.Runtime.InteropServices;

namespace S3Mount.Fuse.Protocol;

/// <summary>
/// struct fuse_entry_out, 128 bytes: the answer to LOOKUP, and the first part of each READDIRPLUS entry. A node id of 0 is a
/// negative entry: the name does not exist, and the kernel remembers that for the entry timeout.
/// </summary>
[StructLayout(LayoutKind.Sequential)]
public struct FuseEntryOut
{
    public ulong NodeId;
    public ulong Generation;
    /// <summary>Entry timeout, whole seconds.</summary>
    public ulong EntryValid;
    /// <summary>Attr timeout, whole seconds.</summary>
    public ulong AttrValid;
    public uint EntryValidNsec;
    public uint AttrValidNsec;
    public FuseAttr Attr;

    public void SetEntryTimeout(TimeSpan timeout) => (EntryValid, EntryValidNsec) = FuseTimeout.Split(timeout);

    public void SetAttrTimeout(TimeSpan timeout) => (AttrValid, AttrValidNsec) = FuseTimeout.Split(timeout);
}
