namespace S3Mount.CommandLine;

/// <summary>What <c>s3mount help COMMAND</c> says.</summary>
/// <param name="Summary">One line, without a full stop.</param>
/// <param name="Usages">Each way to write it, a line each.</param>
internal sealed record HelpTopic(string Summary, params string[] Usages)
{
    /// <summary>Paragraphs, each without line breaks.</summary>
    public string[] About { get; init; } = [];

    public (string Title, OptionDefinition[] Options)[] Options { get; init; } = [];

    /// <summary>Command lines that work as they are written; the overview has the first one of some.</summary>
    public string[] Examples { get; init; } = [];
}
