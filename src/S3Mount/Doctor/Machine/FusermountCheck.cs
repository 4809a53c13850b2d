using Mono.Unix.Native;

namespace S3Mount.Doctor.Machine;

/// <summary>fusermount3, which mounts for users: it must be there and be able to become root.</summary>
internal sealed class FusermountCheck(ExaminedMachine machine) : ICheck
{
    private const string Program = "fusermount3";

    public CheckArea Area => CheckArea.Machine;

    public string Name => Program;

    public Task<CheckResult> RunAsync(CancellationToken cancellationToken)
    {
        string? found = Find();
        if (machine.IsRoot)
            return Task.FromResult(CheckResult.Skipped(found is null ? "root mounts without it, and it is not installed: users cannot mount" : "root mounts without it"));
        if (found is null)
            return Task.FromResult(CheckResult.Failed("not found", "install the package fuse3 (apt-get install fuse3)"));
        if (Syscall.stat(machine.PathOf(found), out Stat stat) != 0)
            return Task.FromResult(CheckResult.Failed($"{found} cannot be looked at ({Stdlib.GetLastError()})", "install the package fuse3 anew"));
        return Task.FromResult((stat.st_mode & FilePermissions.S_ISUID) != 0
            ? CheckResult.Ok($"{found}, with its set-user-ID bit")
            : CheckResult.Failed($"{found} has no set-user-ID bit", $"as root: chmod u+s {found}, or install the package fuse3 anew"));
    }

    // As the daemon looks for it: PATH, and where packages put programs when PATH is the short one of a service.
    private string? Find() => $"{machine.Variable("PATH")}:/usr/bin:/bin:/usr/local/bin:/usr/sbin:/sbin".Split(':', StringSplitOptions.RemoveEmptyEntries)
        .Select(directory => Path.Join(directory, Program))
        .FirstOrDefault(candidate => File.Exists(machine.PathOf(candidate)));
}
