using System.Globalization;
using S3Mount.Fuse.Mounting;

namespace S3Mount.Doctor.Machine;

/// <summary>Whether this process may mount by itself, or fusermount3 may for it: containers often take both away.</summary>
internal sealed class PrivilegeCheck(ExaminedMachine machine) : ICheck
{
    /// <summary>CAP_SYS_ADMIN, include/uapi/linux/capability.h.</summary>
    private const int SysAdmin = 21;

    private const string Grant = "run the container with --cap-add SYS_ADMIN --device /dev/fuse (Kubernetes: securityContext.privileged, as packaging/kubernetes does)";

    public CheckArea Area => CheckArea.Machine;

    public string Name => "privileges";

    public Task<CheckResult> RunAsync(CancellationToken cancellationToken)
    {
        string where = IsContainer() ? "in a container" : "not in a container, as far as can be seen";
        if (machine.IsRoot)
        {
            return Task.FromResult(Capabilities.HasSysAdmin(machine.ReadLines("/proc/self/status"))
                ? CheckResult.Ok($"root with CAP_SYS_ADMIN, {where}")
                : CheckResult.Failed($"root without CAP_SYS_ADMIN, {where}: the kernel refuses to mount", Grant));
        }
        if (machine.StatusOf("NoNewPrivs") == "1")
            return Task.FromResult(CheckResult.Failed($"user {machine.User} with no_new_privs, {where}: fusermount3 cannot become root", "allow privilege escalation (Kubernetes: allowPrivilegeEscalation: true; systemd: NoNewPrivileges=no), or mount as root"));
        return Task.FromResult(CanGainSysAdmin()
            ? CheckResult.Ok($"user {machine.User}, who mounts with fusermount3, {where}")
            : CheckResult.Failed($"user {machine.User}, {where}, where not even root has CAP_SYS_ADMIN", Grant));
    }

    /// <summary>True unless the bounding set is known and lacks it (capabilities(7)).</summary>
    private bool CanGainSysAdmin() =>
        !ulong.TryParse(machine.StatusOf("CapBnd"), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out ulong set) || (set & 1UL << SysAdmin) != 0;

    // The files of Docker and Podman, the variables of systemd-nspawn, LXC and Kubernetes.
    private bool IsContainer() =>
        File.Exists(machine.PathOf("/.dockerenv")) || File.Exists(machine.PathOf("/run/.containerenv"))
        || machine.Variable("container") is { Length: > 0 } || machine.Variable("KUBERNETES_SERVICE_HOST") is { Length: > 0 };
}
