using Mono.Unix.Native;
using S3Mount.Interop;

namespace S3Mount.Configuration;

/// <summary>What settings take from the machine and the caller; tests give their own.</summary>
internal sealed record Machine
{
    public required uint Uid { get; init; }

    public required uint Gid { get; init; }

    /// <summary>A user's number by name; null when there is none.</summary>
    public required Func<string, uint?> FindUser { get; init; }

    /// <summary>A group's number by name; null when there is none.</summary>
    public required Func<string, uint?> FindGroup { get; init; }

    /// <summary>Bytes that this process may use at most, by its cgroups and the machine.</summary>
    public required Func<long> MemoryLimit { get; init; }

    /// <summary>After how long the kernel aborts a mount that does not answer; null: never.</summary>
    public required Func<TimeSpan?> RequestTimeout { get; init; }

    public static Machine Current { get; } = new()
    {
        Uid = LibC.GetUid(),
        Gid = LibC.GetGid(),
        FindUser = name => Syscall.getpwnam(name)?.pw_uid,
        FindGroup = name => Syscall.getgrnam(name)?.gr_gid,
        MemoryLimit = () => Configuration.MemoryLimit.Read("/"),
        RequestTimeout = () => KernelTimeout.Read("/"),
    };
}
