namespace S3Mount.Testing.Processes;

/// <summary>How a child runs.</summary>
public sealed record ChildProcessOptions
{
    /// <summary>After which the child and all that it started are killed.</summary>
    public TimeSpan Deadline { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>Added to what the child inherits; null removes a variable. AWS_* and proxies are not inherited.</summary>
    public IReadOnlyDictionary<string, string?> Environment { get; init; } = new Dictionary<string, string?>();

    public string WorkingDirectory { get; init; } = "/";

    /// <summary>Sent to the child's standard input, which then ends; null leaves it open until the child is disposed.</summary>
    public string? Input { get; init; } = "";

    /// <summary>Name or number of the user as whom the child runs, with that user's groups; only root may ask for it.</summary>
    public string? User { get; init; }
}
