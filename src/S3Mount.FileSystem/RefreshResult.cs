namespace S3Mount.FileSystem;

/// <summary>What came of looking again at a path. The counts are of what differs from what was remembered.</summary>
/// <param name="Exists">Whether the path is in the store now, as far as it was looked at.</param>
/// <param name="Directories">Directories that were listed again.</param>
/// <param name="Entries">Entries that these have now.</param>
/// <param name="Added">Names that the last listing did not have; 0 where there was none to compare with.</param>
/// <param name="Changed">Names that stand for another version, or for a file instead of a directory, or whose object was written again as it was: its time is another.</param>
/// <param name="Removed">Names that are gone.</param>
/// <param name="IsTold">
/// Whether the kernel has taken all of it. False: a LOOKUP or READDIR that waits for the store holds it up, and until that ends
/// the kernel may show what it remembers.
/// </param>
public readonly record struct RefreshResult(bool Exists, int Directories, long Entries, long Added, long Changed, long Removed, bool IsTold);
