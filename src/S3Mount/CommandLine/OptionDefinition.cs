namespace S3Mount.CommandLine;

/// <summary>One option of <c>s3mount BUCKET MOUNTPOINT</c>: what the parser, <c>-o</c>, configuration files and the help text know of it.</summary>
/// <param name="Name">Without dashes, such as <c>metadata-ttl</c>.</param>
/// <param name="ValueName">What stands for its value in the help text; null for a flag.</param>
/// <param name="Description">One sentence for the help text, default included.</param>
internal sealed record OptionDefinition(string Name, string? ValueName, string Description)
{
    public char? ShortName { get; init; }

    /// <summary>Whether <c>-o name[=value]</c> may set it, as in /etc/fstab.</summary>
    public bool InFstab { get; init; } = true;

    /// <summary>Whether it names a file or directory: in a configuration file relative to where that file is.</summary>
    public bool IsPath => ValueName is "FILE" or "DIR";

    /// <summary>What is in force without it: what the description ends in, in parentheses; null when it says nothing.</summary>
    public string? Default => Description.EndsWith(')') ? Description[(Description.LastIndexOf('(') + 1)..^1] : null;

    public string LongName => "--" + Name;

    public bool IsFlag => ValueName is null;
}
