namespace S3Mount.CommandLine;

/// <summary><c>s3mount explain PATH [--json]</c>.</summary>
/// <param name="Path">In a mount.</param>
internal sealed record ExplainCommand(string Path, bool Json)
{
    public const string Verb = "explain";
    public const string Usage = "s3mount explain PATH [--json]";

    /// <param name="args">What follows the verb.</param>
    /// <exception cref="UsageException">With the first thing that is wrong.</exception>
    public static ExplainCommand Parse(IReadOnlyList<string> args)
    {
        bool json = false;
        string? path = null;
        foreach (string arg in args)
        {
            if (arg is "--json")
                json = true;
            else if (arg.Length > 1 && arg[0] == '-')
                throw new UsageException($"unknown option '{arg}'; write {Usage}");
            else if (path is null)
                path = arg;
            else
                throw new UsageException($"unexpected argument '{arg}'; write {Usage}");
        }
        return new ExplainCommand(string.IsNullOrEmpty(path) ? throw new UsageException($"the path is missing; write {Usage}") : path, json);
    }
}
