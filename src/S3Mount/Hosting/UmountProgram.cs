using S3Mount.CommandLine;
using S3Mount.Fuse;
using S3Mount.Fuse.Mounting;

namespace S3Mount.Hosting;

/// <summary><c>s3mount umount</c>: mounts of s3mount only, whoever serves them.</summary>
internal static class UmountProgram
{
    /// <exception cref="StartupException">Nothing of ours is mounted there, or it is in use.</exception>
    /// <exception cref="FuseException">Not allowed.</exception>
    public static void Run(UmountCommand command)
    {
        string mountpoint = MountpointPath.Resolve(command.Mountpoint);
        MountTableEntry entry = MountTable.Find(mountpoint) ?? throw new StartupException($"nothing is mounted at {mountpoint}; s3mount status lists what is");
        if (entry.FileSystemType != StartCheck.OwnType)
            throw new StartupException($"{mountpoint} is not a mount of s3mount ({entry.FileSystemType}, {entry.Source}); unmount it with: umount {mountpoint}");
        try
        {
            MountTable.Unmount(mountpoint, command.Lazy);
        }
        catch (FuseException e) when (e.Failure == FuseFailure.Busy && !command.Lazy)
        {
            throw new StartupException($"{e.Message}: s3mount umount --lazy {mountpoint}", e);
        }
    }
}
