namespace S3Mount.CommandLine;

/// <summary><c>s3mount umount MOUNTPOINT [--lazy]</c>.</summary>
internal sealed record UmountCommand(string Mountpoint, bool Lazy)
{
    public const string Verb = "umount";
    public const string Usage = "s3mount umount MOUNTPOINT [--lazy]";

    /// <param name="args">What follows the verb.</param>
    /// <exception cref="UsageException">With the first thing that is wrong.</exception>
    public static UmountCommand Parse(IReadOnlyList<string> args)
    {
        bool lazy = false;
        string? mountpoint = null;
        foreach (string arg in args)
        {
            if (arg is "--lazy" or "-l")
                lazy = true;
            else if (arg.Length > 1 && arg[0] == '-')
                throw new UsageException($"unknown option '{arg}'; write {Usage}");
            else if (mountpoint is null)
                mountpoint = arg;
            else
                throw new UsageException($"unexpected argument '{arg}'; write {Usage}");
        }
        if (string.IsNullOrEmpty(mountpoint))
            throw new UsageException($"the mountpoint is missing; write {Usage}");
        return new UmountCommand(mountpoint, lazy);
    }
}
