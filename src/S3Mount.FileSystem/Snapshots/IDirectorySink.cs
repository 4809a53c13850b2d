namespace S3Mount.FileSystem.Snapshots;

/// <summary>Takes the directories of a <see cref="TreeBuilder"/>, each after those in it.</summary>
internal interface IDirectorySink
{
    /// <param name="path">Below the prefix, with a slash at its end; empty for the prefix itself. Valid during the call, as is the draft.</param>
    /// <param name="strings">What the entries refer to.</param>
    void Add(ReadOnlySpan<byte> path, DirectoryDraft directory, StringTable strings);
}
