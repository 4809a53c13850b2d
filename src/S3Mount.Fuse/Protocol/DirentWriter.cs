namespace S3Mount.Fuse.Protocol;

/// <summary>
/// Packs directory entries as the kernel unpacks them (parse_dirfile, parse_dirplusfile, fs/fuse/readdir.c, v6.18): struct
/// fuse_dirent, the name, zeros up to a multiple of 8; READDIRPLUS puts a struct fuse_entry_out in front.
/// </summary>
public ref struct DirentWriter
{
    /// <param name="buffer">Where entries go; as long as the request's size, no longer.</param>
    public DirentWriter(Span<byte> buffer) => throw new NotImplementedException();

    /// <summary>Bytes written so far.</summary>
    public readonly int Length => throw new NotImplementedException();

    /// <summary>Adds an entry of READDIR; false when it does not fit (nothing is written then).</summary>
    /// <param name="offset">The cookie by which the kernel asks for what follows this entry.</param>
    /// <param name="type">DT_DIR (4) or DT_REG (8).</param>
    public bool TryAdd(ulong ino, ulong offset, uint type, ReadOnlySpan<byte> name) => throw new NotImplementedException();

    /// <summary>Whether an entry of READDIRPLUS with a name of this length would fit.</summary>
    public readonly bool CanAddPlus(int nameLength) => throw new NotImplementedException();

    /// <summary>Adds an entry of READDIRPLUS; false when it does not fit.</summary>
    public bool TryAddPlus(in FuseEntryOut entry, ulong ino, ulong offset, uint type, ReadOnlySpan<byte> name) => throw new NotImplementedException();
}
