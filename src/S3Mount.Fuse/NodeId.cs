namespace S3Mount.Fuse;

/// <summary>
/// The kernel's name for an inode of this mount: chosen by the file system in the answer to LOOKUP or READDIRPLUS and
/// valid until the kernel has forgotten every lookup of it (fuse_entry_out.nodeid, include/uapi/linux/fuse.h).
/// </summary>
public readonly record struct NodeId(ulong Value)
{
    /// <summary>The root of the mount (FUSE_ROOT_ID); never looked up, never forgotten.</summary>
    public static NodeId Root => new(1);

    public override string ToString() => Value.ToString(System.Globalization.CultureInfo.InvariantCulture);
}
