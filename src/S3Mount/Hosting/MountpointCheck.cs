using System.Globalization;
using S3Mount.CommandLine;
using S3Mount.Configuration;
using S3Mount.Fuse.Mounting;

namespace S3Mount.Hosting;

/// <summary>What can be known of a mount before the store is asked.</summary>
internal static class MountpointCheck
{
    /// <summary>As /proc/self/mountinfo shows our mounts.</summary>
    public const string OwnType = "fuse.s3mount";

    /// <summary>Mounts over mounts over mounts: more than one is an accident already.</summary>
    private const int MostDeadMounts = 16;

    /// <summary>Clears what dead daemons of ours have left, and refuses what cannot be mounted on.</summary>
    /// <param name="mountpoint">Without links.</param>
    /// <param name="cleared">Told of every mount that was cleared.</param>
    /// <exception cref="StartupException">Missing, not a directory, mounted already, or left by somebody else's dead daemon.</exception>
    public static async Task PrepareAsync(string mountpoint, MountSettings settings, TimeProvider timeProvider, Action cleared)
    {
        for (int i = 0; i < MostDeadMounts && MountTable.Find(mountpoint) is { } entry && IsFuse(entry.FileSystemType); i++)
        {
            MountHealth health = await MountProbe.AskAsync(mountpoint, timeProvider).ConfigureAwait(false);
            if (health != MountHealth.Dead)
                throw new StartupException(AlreadyMounted(entry, health));
            if (entry.FileSystemType != OwnType)
                throw new StartupException($"{mountpoint} is mounted by a daemon that died ({entry.FileSystemType}, {entry.Source}); clear it with: fusermount3 -u {mountpoint}");
            MountTable.Unmount(mountpoint, lazy: true);
            cleared();
        }
        ThrowIfNoDirectory(mountpoint, settings);
    }

    /// <summary>fusermount3 refuses allow_other to users unless the administrator allows it; better said before the store is asked.</summary>
    /// <exception cref="StartupException">/etc/fuse.conf can be read and does not allow it.</exception>
    public static void ThrowIfOthersAreNotAllowed(MountSettings settings, uint effectiveUid, string fuseConf = "/etc/fuse.conf")
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
        string option = settings.AllowOther ? "--allow-other" : "--allow-root";
        throw new StartupException($"{option} needs the line user_allow_other in {fuseConf} (or root)");
    }

    /// <exception cref="UsageException">The log would be written through the mount, by the process that serves it.</exception>
    public static void ThrowIfBelow(string mountpoint, string? logFile)
    {
        if (logFile is not null && (MountpointPath.Resolve(logFile) + "/").StartsWith(mountpoint.TrimEnd('/') + "/", StringComparison.Ordinal))
            throw new UsageException($"--log-file: {logFile} lies below the mountpoint; choose another place");
    }

    /// <summary>Also <c>fuse</c> alone: programs that set no subtype.</summary>
    public static bool IsFuse(string fileSystemType) => fileSystemType == "fuse" || fileSystemType.StartsWith("fuse.", StringComparison.Ordinal);

    private static string AlreadyMounted(MountTableEntry entry, MountHealth health)
    {
        string by = health == MountHealth.Silent ? ", and its daemon does not answer" : "";
        string how = entry.FileSystemType == OwnType ? $"s3mount umount {entry.Mountpoint}" : $"fusermount3 -u {entry.Mountpoint}";
        return string.Create(CultureInfo.InvariantCulture, $"{entry.Mountpoint} is already mounted ({entry.FileSystemType}, {entry.Source}){by}; unmount it with: {how}");
    }

    private static void ThrowIfNoDirectory(string mountpoint, MountSettings settings)
    {
        FileAttributes attributes;
        try
        {
            attributes = File.GetAttributes(mountpoint);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            // With the working directory of the caller: a bucket that names a directory there is likely one.
            if (Directory.Exists(Path.Combine(settings.Bucket, settings.Prefix)))
                throw new UsageException($"bucket and mountpoint seem to be swapped: '{settings.Bucket}' is a directory and {mountpoint} does not exist");
            throw new StartupException($"the mountpoint {mountpoint} does not exist; create it with: mkdir -p {mountpoint}", e);
        }
        catch (UnauthorizedAccessException e)
        {
            throw new StartupException($"the mountpoint {mountpoint} cannot be reached: permission denied", e);
        }
        catch (IOException e)
        {
            throw new StartupException($"the mountpoint {mountpoint} cannot be used: {e.Message}", e);
        }
        if (!attributes.HasFlag(FileAttributes.Directory))
            throw new StartupException($"the mountpoint {mountpoint} is not a directory");
    }
}
