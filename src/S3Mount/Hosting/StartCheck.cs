using S3Mount.CommandLine;
using S3Mount.Configuration;
using S3Mount.Fuse;
using S3Mount.Fuse.Mounting;

namespace S3Mount.Hosting;

/// <summary>What can be known of a mount before the store is asked.</summary>
internal static class StartCheck
{
    /// <summary>As /proc/self/mountinfo shows our mounts.</summary>
    public const string OwnType = "fuse.s3mount";

    /// <summary>Mounts over mounts over mounts: more than one is an accident already.</summary>
    private const int MostDeadMounts = 16;

    /// <summary>Refuses what cannot be mounted on; what a dead daemon of ours has left can be, and stays.</summary>
    /// <param name="mountpoint">Without links.</param>
    /// <returns>Whether a dead daemon of ours has left something.</returns>
    /// <exception cref="FuseException">Missing, not a directory, mounted already, or left by somebody else's dead daemon.</exception>
    /// <exception cref="UsageException">Missing, and the bucket is a directory.</exception>
    public static bool CheckMountpoint(string mountpoint, MountSettings settings)
    {
        try
        {
            Check(mountpoint, settings);
            return false;
        }
        catch (FuseException e) when (IsOwnDeadMount(e, mountpoint))
        {
            // It goes when there is something to put in its place.
            return true;
        }
    }

    /// <summary>Clears what dead daemons of ours have left. To be mounted on at once: what is below is looked at by mount(2) alone.</summary>
    /// <param name="mountpoint">Without links.</param>
    /// <returns>How many mounts were cleared.</returns>
    /// <exception cref="FuseException">As <see cref="CheckMountpoint"/>.</exception>
    public static int ClearDeadMounts(string mountpoint, MountSettings settings)
    {
        for (int cleared = 0; ; cleared++)
        {
            if (cleared > 0 && MountTable.Find(mountpoint) is not { IsFuse: true })
                return cleared;
            try
            {
                Check(mountpoint, settings);
                return cleared;
            }
            catch (FuseException e) when (cleared < MostDeadMounts && IsOwnDeadMount(e, mountpoint))
            {
                MountTable.Unmount(mountpoint, lazy: true);
            }
        }
    }

    private static bool IsOwnDeadMount(FuseException failure, string mountpoint) =>
        failure.Failure == FuseFailure.DeadMount && MountTable.Find(mountpoint)?.FileSystemType == OwnType;

    private static void Check(string mountpoint, MountSettings settings)
    {
        try
        {
            MountpointCheck.Check(mountpoint, entry => entry.FileSystemType == OwnType ? $"s3mount umount {mountpoint}" : null);
        }
        catch (FuseException e) when (e.Failure == FuseFailure.NoMountpoint && Directory.Exists(Path.Combine(settings.Bucket, settings.Prefix)))
        {
            // With the working directory of the caller: a bucket that names a directory there is likely one.
            throw new UsageException($"bucket and mountpoint seem to be swapped: '{settings.Bucket}' is a directory and {mountpoint} does not exist");
        }
    }

    /// <summary>fusermount3 refuses allow_other to users unless the administrator allows it; better said before the store is asked.</summary>
    /// <exception cref="StartupException">/etc/fuse.conf can be read and does not allow it.</exception>
    public static void ThrowIfOthersAreNotAllowed(MountSettings settings, OptionValues options, uint effectiveUid, string fuseConf = "/etc/fuse.conf")
    {
        if (effectiveUid == 0 || !(settings.AllowOther || settings.AllowRoot))
            return;
        try
        {
            if (File.Exists(fuseConf) && File.ReadLines(fuseConf).Any(line => line.Trim() == "user_allow_other"))
                return;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return; // fusermount3 can read it and will say.
        }
        string option = options.Spelling(settings.AllowOther ? MountOptions.AllowOther : MountOptions.AllowRoot);
        throw new StartupException($"{option} needs the line user_allow_other in {fuseConf} (or root)");
    }

    /// <exception cref="UsageException">It would be written through the mount, by the process that serves it.</exception>
    public static void ThrowIfBelow(string mountpoint, OptionDefinition option, OptionValues options, string? path)
    {
        if (path is not null && (MountpointPath.Resolve(path) + "/").StartsWith(mountpoint.TrimEnd('/') + "/", StringComparison.Ordinal))
            throw new UsageException($"{options.Spelling(option)}: {path} lies below the mountpoint; choose another place");
    }
}
