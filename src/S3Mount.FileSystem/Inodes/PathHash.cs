namespace S3Mount.FileSystem.Inodes;

/// <summary>
/// st_ino and d_ino: a 64-bit hash of the path's bytes, the same at every mount, whatever the node id. FNV-1a (public
/// domain), so that a child's hash continues its directory's; the finisher of MurmurHash3 (public domain) spreads it.
/// </summary>
internal static class PathHash
{
    /// <summary>The state of the empty path (FNV's 64-bit offset basis).</summary>
    public const ulong Root = 0xcbf29ce484222325;

    /// <summary>What the root directory shows as its inode number, as FUSE_ROOT_ID.</summary>
    public const ulong RootIno = 1;

    private const ulong Prime = 0x100000001b3;

    /// <summary>The state after a component and its slash.</summary>
    public static ulong Append(ulong state, ReadOnlySpan<byte> name)
    {
        foreach (byte b in name)
            state = (state ^ b) * Prime;
        return (state ^ (byte)'/') * Prime;
    }

    /// <summary>An inode number: neither 0, which readers of directories take for a deleted entry, nor the root's.</summary>
    public static ulong ToIno(ulong state)
    {
        ulong mixed = Mix(state);
        return mixed <= RootIno ? mixed + 2 : mixed;
    }

    public static ulong Mix(ulong value)
    {
        value ^= value >> 33;
        value *= 0xff51afd7ed558ccd;
        value ^= value >> 33;
        value *= 0xc4ceb9fe1a85ec53;
        return value ^ (value >> 33);
    }
}
