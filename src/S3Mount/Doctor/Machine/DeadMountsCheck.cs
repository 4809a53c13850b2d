using S3Mount.Hosting;

namespace S3Mount.Doctor.Machine;

/// <summary>Mounts of s3mount whose daemon has ended: whoever looks in gets ENOTCONN.</summary>
internal sealed class DeadMountsCheck(ExaminedMachine machine) : ICheck
{
    /// <summary>A thread looks at each.</summary>
    private const int MostLookedAt = 32;

    public CheckArea Area => CheckArea.Machine;

    public string Name => "other mounts";

    public async Task<CheckResult> RunAsync(CancellationToken cancellationToken)
    {
        string[] mountpoints = [.. machine.Mounts().Where(entry => entry.FileSystemType == StartCheck.OwnType).Select(entry => entry.Mountpoint).Distinct().Take(MostLookedAt)];
        bool[] areDead = await Task.WhenAll(mountpoints.Select(mountpoint => Task.Run(() => machine.IsDead(mountpoint), cancellationToken))).ConfigureAwait(false);
        string[] dead = [.. mountpoints.Where((_, i) => areDead[i])];
        if (dead.Length == 0)
            return CheckResult.Ok(mountpoints.Length == 0 ? "none of s3mount" : $"{mountpoints.Length} of s3mount; s3mount status tells how they do");
        return CheckResult.Warning($"the daemon of {string.Join(", ", dead)} has ended", $"s3mount umount {dead[0]}, or mount there again; the log tells why it ended");
    }
}
