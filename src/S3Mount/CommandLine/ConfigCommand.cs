namespace S3Mount.CommandLine;

/// <summary><c>s3mount config check FILE...</c> and <c>s3mount config show [mount arguments]</c>.</summary>
/// <param name="Arguments">Of check the files, of show what a mount would be given.</param>
internal sealed record ConfigCommand(ConfigAction Action, IReadOnlyList<string> Arguments)
{
    public const string Verb = "config";
    public const string CheckUsage = "s3mount config check FILE...";
    public const string ShowUsage = "s3mount config show [--json] [BUCKET[/PREFIX]] [MOUNTPOINT] [options]";

    /// <param name="args">What follows the verb.</param>
    /// <exception cref="UsageException">With the first thing that is wrong.</exception>
    public static ConfigCommand Parse(IReadOnlyList<string> args)
    {
        string[] rest = [.. args.Skip(1)];
        return (args.Count > 0 ? args[0] : null) switch
        {
            "check" => ParseCheck(rest),
            "show" => new ConfigCommand(ConfigAction.Show, rest),
            null => throw new UsageException($"what of the configuration? Write {CheckUsage} or s3mount config show"),
            var other => throw new UsageException($"unknown command 'config {other}'; write {CheckUsage} or s3mount config show (a bucket of that name is mounted as s3://config/)"),
        };
    }

    private static ConfigCommand ParseCheck(string[] files)
    {
        if (files.FirstOrDefault(file => file.Length > 1 && file[0] == '-') is { } option)
            throw new UsageException($"unknown option '{option}'; write {CheckUsage}");
        if (files.Length == 0 || files.Contains(""))
            throw new UsageException($"the file is missing; write {CheckUsage}");
        return new ConfigCommand(ConfigAction.Check, files);
    }
}
