namespace S3Mount.CommandLine;

/// <summary>One option of <c>s3mount BUCKET MOUNTPOINT</c>: what the parser, <c>-o</c> and the help text know of it.</summary>
/// <param name="Name">Without dashes, such as <c>metadata-ttl</c>.</param>
/// <param name="ValueName">What stands for its value in the help text; null for a flag.</param>
/// <param name="Description">One sentence for the help text, default included.</param>
internal sealed record OptionDefinition(string Name, string? ValueName, string Description)
{
    public char? ShortName { get; init; }

    /// <summary>Whether <c>-o name[=value]</c> may set it, as in /etc/fstab.</summary>
    public bool InFstab { get; init; } = true;

    public string LongName => "--" + Name;

    public bool IsFlag => ValueName is null;
}
