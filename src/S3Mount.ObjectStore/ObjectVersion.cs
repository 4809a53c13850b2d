namespace S3Mount.ObjectStore;

/// <summary>
/// One version of an object's bytes: its ETag with its size. Where the store gives no strong ETag, LastModified stands in
/// (<see cref="IsPinned"/> is false then, and nothing of it may be kept on disk).
/// </summary>
/// <param name="ETag">Absent when the store sends none, or a weak one.</param>
/// <param name="Size">Bytes.</param>
/// <param name="LastModified">Seconds since 1970; listings and HEAD agree only on whole seconds.</param>
public readonly record struct ObjectVersion(ETag ETag, long Size, long LastModified)
{
    public bool IsPinned => !ETag.IsAbsent;

    /// <summary>Whether both name the same bytes: by ETag and size, or by LastModified and size where either lacks an ETag.</summary>
    public bool IsSameAs(in ObjectVersion other) =>
        Size == other.Size && ETag == other.ETag && (IsPinned || LastModified == other.LastModified);
}
