using System.Globalization;

namespace S3Mount.Doctor.Machine;

/// <summary>RLIMIT_NOFILE. The runtime raises the soft limit to the hard one, so the hard one counts.</summary>
internal sealed class OpenFilesCheck(ExaminedMachine machine) : ICheck
{
    /// <summary>64 connections and their hedges, 128 to 256 files of a disk cache, and some fifty of the runtime, twice over.</summary>
    private const long Enough = 1024;

    public CheckArea Area => CheckArea.Machine;

    public string Name => "open files";

    public Task<CheckResult> RunAsync(CancellationToken cancellationToken)
    {
        // Max open files            1024                 524288               files      (proc_pid_limits(5))
        string[] fields = machine.ReadLines("/proc/self/limits").FirstOrDefault(line => line.StartsWith("Max open files", StringComparison.Ordinal), "")
            .Split(' ', StringSplitOptions.RemoveEmptyEntries);
        if (fields.Length < 5)
            return Task.FromResult(CheckResult.Skipped("/proc/self/limits does not tell"));
        bool isNumber = long.TryParse(fields[4], NumberStyles.None, CultureInfo.InvariantCulture, out long limit);
        return Task.FromResult(!isNumber || limit >= Enough
            ? CheckResult.Ok($"at most {fields[4]}")
            : CheckResult.Warning($"at most {limit}, which a disk cache and many connections may need all of", $"raise the hard limit to {Enough} or more: ulimit -n, LimitNOFILE= of the unit"));
    }
}
