namespace S3Mount.Testing.Objects;

/// <summary>The bytes of a stored object, held or computed. Immutable; any thread.</summary>
public abstract class ObjectContent
{
    public abstract long Length { get; }

    /// <summary>The entity tag that S3 would give, without quotes.</summary>
    public abstract string ETag { get; }

    /// <summary>Fills <paramref name="destination"/> with the bytes from <paramref name="offset"/> on; the range lies within the content.</summary>
    public abstract void CopyTo(long offset, Span<byte> destination);

    /// <summary>The bytes of a range where they lie in memory; false when they are computed.</summary>
    public abstract bool TryGetMemory(long offset, int length, out ReadOnlyMemory<byte> memory);

    public byte[] ToArray()
    {
        byte[] bytes = GC.AllocateUninitializedArray<byte>(checked((int)Length));
        CopyTo(0, bytes);
        return bytes;
    }
}
