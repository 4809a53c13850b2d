using System.Globalization;

namespace S3Mount.Fuse.Mounting;

/// <summary>What the kernel lets this process do (capabilities(7)).</summary>
public static class Capabilities
{
    private const string Status = "/proc/self/status";
    private const string Effective = "CapEff:";

    /// <summary>CAP_SYS_ADMIN, include/uapi/linux/capability.h.</summary>
    private const int SysAdmin = 21;

    /// <summary>False only if it is certainly not among the effective ones.</summary>
    public static bool HasSysAdmin() => HasSysAdmin(File.ReadLines(Status));

    /// <param name="status">The lines of a /proc/PID/status.</param>
    public static bool HasSysAdmin(IEnumerable<string> status)
    {
        string? line = status.FirstOrDefault(line => line.StartsWith(Effective, StringComparison.Ordinal));
        return !ulong.TryParse(line?[Effective.Length..].Trim(), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out ulong set) || (set & 1UL << SysAdmin) != 0;
    }
}
