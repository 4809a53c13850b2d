namespace S3Mount.FileSystem.SavedListings;

/// <summary>How a mount does with the listings of the one before it.</summary>
/// <param name="Path">Where they are kept.</param>
/// <param name="MadeAt">When the file that is there was made; null: there is none yet.</param>
/// <param name="Unchecked">Directories that are shown as they were saved, and that the store has not been asked for yet.</param>
/// <param name="Checked">Directories of the file that this mount began with, which the store has been asked for since.</param>
/// <param name="Differed">How many of these held something else, or may not be listed any more.</param>
public sealed record SavedListingsStatus(string Path, DateTimeOffset? MadeAt, int Unchecked, int Checked, int Differed);
