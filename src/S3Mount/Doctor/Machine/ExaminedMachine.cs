using Mono.Unix.Native;
using S3Mount.Fuse;
using S3Mount.Fuse.Mounting;
using S3Mount.Interop;

namespace S3Mount.Doctor.Machine;

/// <summary>The machine as the checks see it; tests give their own.</summary>
internal sealed record ExaminedMachine
{
    /// <summary><c>/</c>, or a directory that stands for it in a test.</summary>
    public string Root { get; init; } = "/";

    /// <summary>The effective user.</summary>
    public required uint User { get; init; }

    public required Func<string, string?> Variable { get; init; }

    /// <summary>0, or why a device cannot be opened for reading and writing.</summary>
    public required Func<string, Errno> OpenDevice { get; init; }

    public required Func<IReadOnlyList<MountTableEntry>> Mounts { get; init; }

    /// <summary>Whether the daemon of a mount has ended. Takes seconds when it hangs.</summary>
    public required Func<string, bool> IsDead { get; init; }

    public bool IsRoot => User == 0;

    public static ExaminedMachine Current { get; } = new()
    {
        User = LibC.GetEffectiveUid(),
        Variable = Environment.GetEnvironmentVariable,
        OpenDevice = path =>
        {
            int descriptor = Syscall.open(path, OpenFlags.O_RDWR | OpenFlags.O_CLOEXEC);
            if (descriptor < 0)
                return Stdlib.GetLastError();
            _ = Syscall.close(descriptor);
            return 0;
        },
        Mounts = MountTable.Read,
        IsDead = IsDeadMount,
    };

    /// <param name="path">Absolute.</param>
    public string PathOf(string path) => Path.Combine(Root, path.TrimStart('/'));

    /// <summary>The lines of a file; none of one that is not there or may not be read.</summary>
    public IReadOnlyList<string> ReadLines(string path)
    {
        try
        {
            return File.ReadAllLines(PathOf(path));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }

    /// <summary>The value of <c>NAME:	VALUE</c> in /proc/self/status; null where it is missing.</summary>
    public string? StatusOf(string name) =>
        ReadLines("/proc/self/status").FirstOrDefault(line => line.StartsWith(name + ":", StringComparison.Ordinal))?[(name.Length + 1)..].Trim();

    private static bool IsDeadMount(string mountpoint)
    {
        try
        {
            MountpointCheck.Check(mountpoint);
            return false;
        }
        catch (FuseException e)
        {
            return e.Failure == FuseFailure.DeadMount;
        }
    }
}
