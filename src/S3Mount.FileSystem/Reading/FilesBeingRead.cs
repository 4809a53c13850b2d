namespace S3Mount.FileSystem.Reading;

/// <summary>Files that somebody reads just now: in order from large ones, or that somebody waits for.</summary>
/// <param name="Count">Of all of them.</param>
/// <param name="Keys">Some of them, below the prefix of the mount; in the order of their names.</param>
public sealed record FilesBeingRead(int Count, IReadOnlyList<string> Keys);
