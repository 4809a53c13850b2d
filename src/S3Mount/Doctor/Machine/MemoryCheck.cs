using S3Mount.Configuration;
using S3Mount.Control.Client;

namespace S3Mount.Doctor.Machine;

/// <summary>How much memory a mount may take, and what it would take of it.</summary>
internal sealed class MemoryCheck(ExaminedMachine machine, Findings findings) : ICheck
{
    /// <summary>The least budget of a mount without --memory, its own needs beside it, and as much for the programs that read.</summary>
    public const long Enough = 512L << 20;

    public CheckArea Area => CheckArea.Machine;

    public string Name => "memory";

    public Task<CheckResult> RunAsync(CancellationToken cancellationToken)
    {
        long limit = MemoryLimit.Read(machine.Root);
        if (limit == long.MaxValue)
            return Task.FromResult(CheckResult.Warning("/proc/meminfo does not tell", "give --memory SIZE, or a mount takes 128 MiB"));
        findings.MemoryLimit = limit;
        string found = $"{StatusText.Size(limit)} by cgroup and machine; --memory would be {StatusText.Size(SettingsReader.DefaultMemory(limit))}";
        return Task.FromResult(limit >= Enough
            ? CheckResult.Ok(found)
            : CheckResult.Warning(found, "give the container or machine more memory, or the mount less of it: --memory 64MiB"));
    }
}
