namespace S3Mount.Testing.Objects;

/// <summary>The bytes of a stored object, held or computed. Immutable; any thread.</summary>
public abstract class ObjectContent
{
    public abstract long Length { get; }

    /// <summary>The entity tag that S3 would give, without quotes.</summary>
    public abstract string ETag { get; }

    /// <summary>
    /// The bytes from <paramref name="offset"/> on as they lie in memory: at least one, at most <paramref name="maxLength"/>.
    /// </summary>
    public abstract ReadOnlyMemory<byte> Peek(long offset, int maxLength);

    /// <summary>Fills <paramref name="destination"/> with the bytes from <paramref name="offset"/> on; the range lies within the content.</summary>
    public void CopyTo(long offset, Span<byte> destination)
    {
        if (offset < 0 || offset > Length - destination.Length)
            throw new ArgumentOutOfRangeException(nameof(offset), offset, "The range does not lie within the content.");
        while (!destination.IsEmpty)
        {
            ReadOnlySpan<byte> bytes = Peek(offset, destination.Length).Span;
            bytes.CopyTo(destination);
            destination = destination[bytes.Length..];
            offset += bytes.Length;
        }
    }

    public byte[] ToArray()
    {
        byte[] bytes = GC.AllocateUninitializedArray<byte>(checked((int)Length));
        CopyTo(0, bytes);
        return bytes;
    }
}
