namespace S3Mount.Fuse.Mounting;

/// <summary>One line of /proc/self/mountinfo (Documentation/filesystems/proc.rst 3.5), octal escapes undone.</summary>
public sealed record MountTableEntry(int MountId, string Device, string Mountpoint, string FileSystemType, string Source, string Options);

/// <summary>What is mounted, read without touching any mount.</summary>
public static class MountTable
{
    public static IReadOnlyList<MountTableEntry> Read() => throw new NotImplementedException();

    /// <summary>The topmost mount on exactly this directory, or null. <paramref name="mountpoint"/> is absolute and without links.</summary>
    public static MountTableEntry? Find(string mountpoint) => throw new NotImplementedException();

    /// <summary>
    /// Unmounts a directory that another process serves (or served): umount2(2) when privileged, fusermount3 -u when not.
    /// </summary>
    /// <exception cref="FuseException">Busy, not mounted, or not allowed.</exception>
    public static void Unmount(string mountpoint, bool lazy) => throw new NotImplementedException();
}
