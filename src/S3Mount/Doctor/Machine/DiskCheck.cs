using System.Diagnostics;
using Mono.Unix.Native;
using S3Mount.Control.Client;
using S3Mount.FileSystem;
using S3Mount.FileSystem.Caching.Disk;
using S3Mount.Fuse.Mounting;

namespace S3Mount.Doctor.Machine;

/// <summary>The directory of --cache: whose it is, what it lies on, how much room it has, how fast it is written.</summary>
/// <param name="directory">Absolute.</param>
/// <param name="isQuick">Nothing is written.</param>
internal sealed class DiskCheck(ExaminedMachine machine, string directory, bool isQuick) : ICheck
{
    /// <summary>Enough to show what a disk does beside the memory of its controller; a slow one ends by the time.</summary>
    private const long MostWritten = 256L << 20;

    private static readonly TimeSpan _longest = TimeSpan.FromSeconds(2);

    /// <summary>A laptop's hard disk: slower than that, a store in the same region is faster.</summary>
    private const long Slow = 100_000_000;

    private static readonly string[] _networks = ["nfs", "nfs4", "cifs", "smb3", "ceph", "lustre", "gpfs", "beegfs", "9p", "afs", "virtiofs"];

    public CheckArea Area => CheckArea.Machine;

    public string Name => "--cache";

    public Task<CheckResult> RunAsync(CancellationToken cancellationToken)
    {
        if (File.Exists(directory))
            return Task.FromResult(CheckResult.Failed($"{directory} is a file", "name a directory, or one that can be made"));
        bool exists = Directory.Exists(directory);
        if (exists && PrivateDirectory.Check(directory, machine.User) is { } reason)
            return Task.FromResult(CheckResult.Failed(reason, "name a directory that belongs to you and that nobody else may write; a mount makes one that is missing"));
        string existing = Existing();
        if (Syscall.access(existing, AccessModes.W_OK | AccessModes.X_OK) != 0)
            return Task.FromResult(CheckResult.Failed($"user {machine.User} may not write in {existing}", $"choose another directory, or as root: mkdir -m 700 {directory} and chown it"));
        if (Syscall.statvfs(existing, out Statvfs disk) != 0)
            return Task.FromResult(CheckResult.Failed($"{existing} cannot be looked at ({Stdlib.GetLastError()})", "look at the disk, or choose another directory"));
        long free = (long)(disk.f_bavail * disk.f_frsize), size = (long)(disk.f_blocks * disk.f_frsize);
        string type = MountTable.FindAbove(machine.Mounts(), MountpointPath.Resolve(existing))?.FileSystemType ?? "unknown";
        return Task.FromResult(Judge(exists, type, free, size, isQuick || !exists ? null : Measure(free, cancellationToken)));
    }

    private CheckResult Judge(bool exists, string type, long free, long size, long? speed)
    {
        string found = $"{directory}{(exists ? "" : " (to be made)")} on {type}, {StatusText.Size(free)} of {StatusText.Size(size)} free{(speed is { } written ? $", written at {DoctorText.Rate(written)}" : "")}";
        if (type is "tmpfs" or "ramfs")
            return CheckResult.Warning(found, "that is memory, taken beside --memory: choose a directory on a disk");
        if (_networks.Contains(type) || type.StartsWith("fuse.", StringComparison.Ordinal))
            return CheckResult.Warning(found, "that is a file system over the network: choose a directory on a local disk");
        if (free < DiskCacheOptions.SmallestSize)
            return CheckResult.Failed(found, $"make room: a cache takes at least {DiskCacheOptions.SmallestSize >> 20} MiB");
        return speed < Slow ? CheckResult.Warning(found, "choose a faster disk (NVMe), or do without: the store may be faster") : CheckResult.Ok(found);
    }

    /// <returns>Bytes a second, the flush at the end included.</returns>
    private long Measure(long free, CancellationToken cancellationToken)
    {
        // A tenth of what is free: nobody else is to notice.
        long most = Math.Min(MostWritten, free / 10);
        byte[] bytes = new byte[1 << 20];
        // What does not compress, for disks that would.
        Random.Shared.NextBytes(bytes);
        string path = Path.Combine(directory, $".doctor-{Guid.NewGuid():n}");
        using var file = new FileStream(path, FileMode.CreateNew, FileAccess.Write, FileShare.None, bufferSize: 0);
        // Without a name: whatever ends this process, nothing of it is left.
        File.Delete(path);
        long startedAt = Stopwatch.GetTimestamp(), written = 0;
        for (; written < most && Stopwatch.GetElapsedTime(startedAt) < _longest; written += bytes.Length)
        {
            cancellationToken.ThrowIfCancellationRequested();
            file.Write(bytes);
            // Else memory is measured, and a slow disk is waited for at the end.
            if (written % (32L << 20) == 0)
                file.Flush(flushToDisk: true);
        }
        file.Flush(flushToDisk: true);
        return (long)(written / Stopwatch.GetElapsedTime(startedAt).TotalSeconds);
    }

    private string Existing()
    {
        string existing = directory;
        while (!Directory.Exists(existing) && Path.GetDirectoryName(existing) is { } parent)
            existing = parent;
        return existing;
    }
}
