namespace S3Mount.MountTests.Kubernetes;

/// <summary>What is different from the manifest in a test.</summary>
internal sealed record PodContainerOptions
{
    /// <summary>In the place of its command.</summary>
    public string[]? Command { get; init; }

    /// <summary>The cgroup.procs of its cgroup; null is that of the tests.</summary>
    public string? Cgroup { get; init; }

    /// <summary>Of the files of its ConfigMaps, when they are first used.</summary>
    public Func<string, string> Edit { get; init; } = text => text;

    /// <summary>What its Secret has.</summary>
    public IReadOnlyDictionary<string, string?> Environment { get; init; } = new Dictionary<string, string?>();
}
