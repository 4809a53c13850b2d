using Mono.Unix.Native;

namespace S3Mount.Doctor.Machine;

/// <summary>/dev/fuse is there and can be opened by this user, as fusermount3 does it for him too.</summary>
internal sealed class DeviceCheck(ExaminedMachine machine) : ICheck
{
    private const string Device = "/dev/fuse";

    public CheckArea Area => CheckArea.Machine;

    public string Name => Device;

    public Task<CheckResult> RunAsync(CancellationToken cancellationToken) => Task.FromResult(machine.OpenDevice(machine.PathOf(Device)) switch
    {
        0 => CheckResult.Ok("can be opened"),
        Errno.ENOENT => CheckResult.Failed("does not exist", "load the module with 'modprobe fuse'; give a container the device: --device /dev/fuse"),
        Errno.ENODEV or Errno.ENXIO => CheckResult.Failed("the kernel has no FUSE", "load the module with 'modprobe fuse', or use a kernel that has it"),
        Errno.EACCES or Errno.EPERM when machine.IsRoot => CheckResult.Failed("may not be opened, though by root", "let the container have the device: --device /dev/fuse (a device cgroup refuses it)"),
        Errno.EACCES or Errno.EPERM => CheckResult.Failed($"user {machine.User} may not open it", "chmod 666 /dev/fuse, as udev does where it runs"),
        var error => CheckResult.Failed($"cannot be opened ({error})", "load the module with 'modprobe fuse', and look at dmesg"),
    });
}
