namespace S3Mount.FileSystem.Snapshots;

/// <summary>What a snapshot holds, as it says itself.</summary>
public sealed record SnapshotSummary
{
    public required SnapshotOrigin Origin { get; init; }

    /// <summary>When the listing began, in whole seconds.</summary>
    public required DateTimeOffset MadeAt { get; init; }

    public required long Files { get; init; }

    /// <summary>The one of the prefix itself is not counted.</summary>
    public required long Directories { get; init; }

    /// <summary>Of all files together.</summary>
    public required long Bytes { get; init; }

    /// <summary>Keys left out because no path can name them.</summary>
    public required long HiddenKeys { get; init; }

    /// <summary>Keys left out because a directory of the same name wins.</summary>
    public required long ShadowedKeys { get; init; }

    /// <summary>As <see cref="SnapshotDigest"/> defines it: <c>sha256:</c> and 64 hex digits.</summary>
    public required string Digest { get; init; }
}
