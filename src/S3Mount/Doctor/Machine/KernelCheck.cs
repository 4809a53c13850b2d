using S3Mount.Configuration;

namespace S3Mount.Doctor.Machine;

/// <summary>The version of the kernel, and what a mount does without on an older one.</summary>
internal sealed class KernelCheck(ExaminedMachine machine) : ICheck
{
    /// <summary>The protocol of FUSE that a session needs, 7.31, came with it (FuseConstants.OldestMinor).</summary>
    private static readonly Version _oldest = new(5, 4);

    public CheckArea Area => CheckArea.Machine;

    public string Name => "kernel";

    public Task<CheckResult> RunAsync(CancellationToken cancellationToken)
    {
        string release = machine.ReadLines("/proc/sys/kernel/osrelease").FirstOrDefault("").Trim();
        return Task.FromResult(Parse(release) is { } version
            ? Judge(release, version)
            : CheckResult.Warning($"its version cannot be read ('{release}')", "look at uname -r: Linux 5.4 or newer is needed"));
    }

    private static CheckResult Judge(string release, Version version)
    {
        if (version < _oldest)
            return CheckResult.Failed($"Linux {release} is too old", "install a kernel of 5.4 or newer");
        if (!MountSettings.DirectoryCacheOf(version))
            return CheckResult.Warning($"Linux {release} keeps stale directories, so it is not let keep any", "a kernel of 6.13 or newer, or one before 6.9, does not ask the daemon again for each listing");
        // ReadDirPlusAutoOf tells why.
        return CheckResult.Ok(MountSettings.ReadDirPlusAutoOf(version)
            ? $"Linux {release}; 6.16 and newer list large directories with attributes sooner"
            : $"Linux {release}");
    }

    /// <summary>The first two numbers of <c>6.1.0-18-amd64</c>; null when there are none.</summary>
    internal static Version? Parse(string release)
    {
        string[] parts = release.Split('.', '-', '+');
        return parts.Length >= 2 && Version.TryParse($"{parts[0]}.{parts[1]}", out Version? version) ? version : null;
    }
}
