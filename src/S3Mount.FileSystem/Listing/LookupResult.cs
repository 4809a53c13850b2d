namespace S3Mount.FileSystem.Listing;

/// <summary>What a name stands for, and until when that may be said.</summary>
/// <param name="Entry">Null: the store was asked, and there is nothing of that name.</param>
/// <param name="ExpiresAt">A moment of <see cref="MountClock"/>.</param>
/// <param name="Era">Of the directory when the store was asked (<see cref="Inodes.DirectoryInode.LookupEra"/>).</param>
internal sealed record LookupResult(DirectoryEntry? Entry, long ExpiresAt, int Era = 0);
