namespace S3Mount.Top;

/// <summary>All that a screen shows at a moment.</summary>
/// <param name="Name">Of the mount, as long as its daemon has not answered.</param>
/// <param name="Mountpoint">As it was found here.</param>
/// <param name="Time">Now.</param>
internal sealed record TopFrame(string Name, string Mountpoint, DateTimeOffset Time)
{
    /// <summary>Of the last answer; null: there was none yet.</summary>
    public TopFigures? Figures { get; init; }

    /// <summary>Why there is no answer now, in one line; null: there is one.</summary>
    public string? Problem { get; init; }

    public IReadOnlyList<double> ReadGraph { get; init; } = [];

    public IReadOnlyList<double> StoreGraph { get; init; } = [];

    public IReadOnlyList<double> FilesGraph { get; init; } = [];
}
