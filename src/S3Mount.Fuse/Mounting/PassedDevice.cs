using System.Globalization;
using Mono.Unix.Native;

namespace S3Mount.Fuse.Mounting;

/// <summary>
/// A mountpoint that is written <c>/dev/fd/N</c>: somebody with the privilege has opened /dev/fuse, mounted with it, and passed the descriptor
/// on, as fuse_session_mount of libfuse takes it since 3.3. What is mounted, and ends the mount, is theirs.
/// </summary>
public static class PassedDevice
{
    private const string Directory = "/dev/fd/";

    /// <summary>The kernel of fuse_dev_show_fdinfo (fs/fuse/dev.c).</summary>
    private static readonly Version _tellsConnection = new(5, 18);

    /// <summary>FUSE_MINOR of MISC_MAJOR, 10:229 (Documentation/admin-guide/devices.txt), as stat(2) has it.</summary>
    private const ulong FuseNumber = (10 << 8) | 229;

    /// <summary>The descriptor's number; null: it is a directory like any other.</summary>
    public static int? Find(string mountpoint) =>
        mountpoint.StartsWith(Directory, StringComparison.Ordinal) && int.TryParse(mountpoint.AsSpan(Directory.Length), NumberStyles.None, CultureInfo.InvariantCulture, out int number) ? number : null;

    /// <exception cref="FuseException"><see cref="FuseFailure.NoDevice"/>: not open, or not /dev/fuse.</exception>
    internal static void Check(int descriptor) => Check(descriptor, Environment.OSVersion.Version);

    internal static void Check(int descriptor, Version kernel)
    {
        string? target = new FileInfo($"/proc/self/fd/{descriptor}").LinkTarget;
        if (target is null)
            throw new FuseException(FuseFailure.NoDevice, $"{Directory}{descriptor}: there is no such descriptor; it has to be inherited (without close-on-exec)");
        // A node of another name or place, as in a container, leads to the same device. An older kernel does not tell whether it is mounted: reading will.
        bool isServed = DeviceNumberOf(descriptor) is not null || (kernel < _tellsConnection && Syscall.fstat(descriptor, out Stat stat) == 0 && stat.st_rdev == FuseNumber);
        if (!isServed)
            throw new FuseException(FuseFailure.NoDevice, $"{Directory}{descriptor} is {target} and not a /dev/fuse that is mounted");
    }

    /// <summary>MAJOR:MINOR of the file system (since <see cref="_tellsConnection"/>); null where the kernel does not tell.</summary>
    internal static string? DeviceNumberOf(int descriptor)
    {
        const string Name = "fuse_connection:";
        string? line = File.ReadLines($"/proc/self/fdinfo/{descriptor}").FirstOrDefault(line => line.StartsWith(Name, StringComparison.Ordinal));
        // dev_t of the kernel: 12 bits over 20 (include/linux/kdev_t.h).
        return line is not null && uint.TryParse(line.AsSpan(Name.Length).Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out uint device)
            ? string.Create(CultureInfo.InvariantCulture, $"{device >> 20}:{device & 0xfffff}")
            : null;
    }
}
