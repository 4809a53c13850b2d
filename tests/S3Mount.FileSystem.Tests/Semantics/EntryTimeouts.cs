using S3Mount.Fuse.Protocol;

namespace S3Mount.FileSystem.Tests.Semantics;

/// <summary>Timeouts as the kernel would take them.</summary>
internal static class EntryTimeouts
{
    public static double EntrySeconds(this FuseEntryOut entry) => entry.EntryValid + (entry.EntryValidNsec / 1e9);

    public static double AttrSeconds(this FuseEntryOut entry) => entry.AttrValid + (entry.AttrValidNsec / 1e9);

    public static double AttrSeconds(this FuseAttrOut attr) => attr.AttrValid + (attr.AttrValidNsec / 1e9);

    /// <summary>Seconds and nanoseconds of the mtime.</summary>
    public static (ulong Seconds, uint Nanoseconds) Mtime(this FuseAttr attr) => (attr.Mtime, attr.MtimeNsec);
}
