using System.Globalization;

namespace S3Mount.Fuse.Mounting;

/// <summary>One line of /proc/self/mountinfo (Documentation/filesystems/proc.rst 3.5), octal escapes undone.</summary>
/// <param name="Device">MAJOR:MINOR, the st_dev of the mount's files.</param>
/// <param name="Options">The mount's own options, a comma, those of its superblock.</param>
public sealed record MountTableEntry(int MountId, string Device, string Mountpoint, string FileSystemType, string Source, string Options)
{
    /// <summary>The mount that this one lies on.</summary>
    public int ParentId { get; init; }

    /// <summary>What of the file system is shown at the mountpoint: <c>/</c>, or a directory of it where that was bind-mounted.</summary>
    public string Root { get; init; } = "/";

    /// <summary>Who mounted a FUSE file system (user_id=, fuse_show_options in fs/fuse/inode.c); null for others.</summary>
    public uint? UserId
    {
        get
        {
            const string Name = "user_id=";
            string? option = Options.Split(',').LastOrDefault(option => option.StartsWith(Name, StringComparison.Ordinal));
            return uint.TryParse(option.AsSpan(option is null ? 0 : Name.Length), NumberStyles.None, CultureInfo.InvariantCulture, out uint id) ? id : null;
        }
    }

    /// <summary>Served by a process, whatever its subtype.</summary>
    public bool IsFuse => FileSystemType is "fuse" or "fuseblk" || FileSystemType.StartsWith("fuse.", StringComparison.Ordinal);
}
