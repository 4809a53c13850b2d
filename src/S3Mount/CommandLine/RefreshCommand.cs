namespace S3Mount.CommandLine;

/// <summary><c>s3mount refresh PATH [--recursive]</c>.</summary>
internal sealed record RefreshCommand(string Path, bool Recursive)
{
    public const string Verb = "refresh";
    public const string Usage = "s3mount refresh PATH [--recursive]";

    /// <param name="args">What follows the verb.</param>
    /// <exception cref="UsageException">With the first thing that is wrong.</exception>
    public static RefreshCommand Parse(IReadOnlyList<string> args)
    {
        bool recursive = false;
        string? path = null;
        foreach (string arg in args)
        {
            if (arg is "--recursive" or "-r")
                recursive = true;
            else if (arg.Length > 1 && arg[0] == '-')
                throw new UsageException($"unknown option '{arg}'; write {Usage}");
            else if (path is null)
                path = arg;
            else
                throw new UsageException($"unexpected argument '{arg}'; write {Usage}");
        }
        if (string.IsNullOrEmpty(path))
            throw new UsageException($"the path is missing; write {Usage}");
        return new RefreshCommand(path, recursive);
    }
}
