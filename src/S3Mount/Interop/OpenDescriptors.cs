using System.Globalization;
using Mono.Unix.Native;

namespace S3Mount.Interop;

/// <summary>The descriptors of this process.</summary>
internal static class OpenDescriptors
{
    /// <summary>
    /// Their numbers, that of the look itself among them. By readdir(3): an enumeration of .NET follows every link with stat(2), and so waits
    /// for a disk or mount that hangs as soon as something is open there.
    /// </summary>
    public static IReadOnlyList<int> List()
    {
        var found = new List<int>();
        IntPtr directory = Syscall.opendir("/proc/self/fd");
        if (directory == IntPtr.Zero)
            return found;
        while (Syscall.readdir(directory) is { } entry)
        {
            if (int.TryParse(entry.d_name, NumberStyles.None, CultureInfo.InvariantCulture, out int descriptor))
                found.Add(descriptor);
        }
        _ = Syscall.closedir(directory);
        return found;
    }
}
