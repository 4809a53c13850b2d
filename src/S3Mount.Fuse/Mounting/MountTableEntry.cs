namespace S3Mount.Fuse.Mounting;

/// <summary>One line of /proc/self/mountinfo (Documentation/filesystems/proc.rst 3.5), octal escapes undone.</summary>
/// <param name="Device">MAJOR:MINOR, the st_dev of the mount's files.</param>
/// <param name="Options">The mount's own options, a comma, those of its superblock.</param>
public sealed record MountTableEntry(int MountId, string Device, string Mountpoint, string FileSystemType, string Source, string Options)
{
    /// <summary>Served by a process, whatever its subtype.</summary>
    public bool IsFuse => FileSystemType is "fuse" or "fuseblk" || FileSystemType.StartsWith("fuse.", StringComparison.Ordinal);
}
