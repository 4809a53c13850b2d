using System.Globalization;
using S3Mount.Configuration;

namespace S3Mount.Doctor.Machine;

/// <summary>The kernel's own patience with a mount; see <see cref="KernelTimeout"/>.</summary>
/// <param name="ioDeadline">As asked for; <see cref="Timeout.InfiniteTimeSpan"/>: for ever.</param>
internal sealed class RequestTimeoutCheck(ExaminedMachine machine, TimeSpan ioDeadline) : ICheck
{
    public CheckArea Area => CheckArea.Machine;

    public string Name => "request timeout";

    public Task<CheckResult> RunAsync(CancellationToken cancellationToken)
    {
        if (KernelTimeout.Read(machine.Root) is not { } timeout)
            return Task.FromResult(CheckResult.Ok("none: the kernel never aborts a mount that waits"));
        TimeSpan longest = KernelTimeout.LongestDeadline(timeout);
        string found = string.Create(CultureInfo.InvariantCulture, $"the kernel aborts a mount that has not answered for {timeout.TotalSeconds:0} s");
        return Task.FromResult(ioDeadline >= TimeSpan.Zero && ioDeadline <= longest
            ? CheckResult.Ok(found)
            : CheckResult.Warning(
                string.Create(CultureInfo.InvariantCulture, $"{found}: reads wait for a store in trouble for {longest.TotalSeconds:0} s at most"),
                "for more patience raise sysctl fs.fuse.max_request_timeout and default_request_timeout, or set them to 0"));
    }
}
