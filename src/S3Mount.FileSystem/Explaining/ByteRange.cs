namespace S3Mount.FileSystem.Explaining;

/// <summary>Bytes of a file that lie together.</summary>
public readonly record struct ByteRange(long Offset, long Length);
