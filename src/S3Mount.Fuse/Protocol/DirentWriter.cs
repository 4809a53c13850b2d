using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace S3Mount.Fuse.Protocol;

/// <summary>
/// Packs directory entries as the kernel unpacks them (parse_dirfile, parse_dirplusfile, fs/fuse/readdir.c, v6.18): struct
/// fuse_dirent, the name, zeros up to a multiple of 8; READDIRPLUS puts a struct fuse_entry_out in front.
/// </summary>
public ref struct DirentWriter
{
    private readonly Span<byte> _buffer;
    private int _length;

    /// <param name="buffer">Where entries go; as long as the request's size, no longer.</param>
    public DirentWriter(Span<byte> buffer) => _buffer = buffer;

    /// <summary>Bytes written so far.</summary>
    public readonly int Length => _length;

    /// <summary>Adds an entry of READDIR; false when it does not fit (nothing is written then).</summary>
    /// <param name="offset">The cookie by which the kernel asks for what follows this entry.</param>
    /// <param name="type">DT_DIR (4) or DT_REG (8).</param>
    public bool TryAdd(ulong ino, ulong offset, uint type, ReadOnlySpan<byte> name)
    {
        int size = SizeOf(name.Length);
        if (size > _buffer.Length - _length)
            return false;
        Write(_length, size, ino, offset, type, name);
        _length += size;
        return true;
    }

    /// <summary>Whether an entry of READDIRPLUS with a name of this length would fit.</summary>
    public readonly bool CanAddPlus(int nameLength) => Unsafe.SizeOf<FuseEntryOut>() + SizeOf(nameLength) <= _buffer.Length - _length;

    /// <summary>Adds an entry of READDIRPLUS; false when it does not fit.</summary>
    public bool TryAddPlus(in FuseEntryOut entry, ulong ino, ulong offset, uint type, ReadOnlySpan<byte> name)
    {
        int size = SizeOf(name.Length);
        if (Unsafe.SizeOf<FuseEntryOut>() + size > _buffer.Length - _length)
            return false;
        MemoryMarshal.Write(_buffer[_length..], in entry);
        Write(_length + Unsafe.SizeOf<FuseEntryOut>(), size, ino, offset, type, name);
        _length += Unsafe.SizeOf<FuseEntryOut>() + size;
        return true;
    }

    // FUSE_DIRENT_SIZE; fuse_entry_out is itself a multiple of 8, so both kinds of entry are padded alike.
    private static int SizeOf(int nameLength) => (Unsafe.SizeOf<FuseDirent>() + nameLength + 7) & ~7;

    private readonly void Write(int start, int size, ulong ino, ulong offset, uint type, ReadOnlySpan<byte> name)
    {
        Span<byte> record = _buffer.Slice(start, size);
        var dirent = new FuseDirent { Ino = ino, Off = offset, Namelen = (uint)name.Length, Type = type };
        MemoryMarshal.Write(record, in dirent);
        name.CopyTo(record[Unsafe.SizeOf<FuseDirent>()..]);
        record[(Unsafe.SizeOf<FuseDirent>() + name.Length)..].Clear();
    }
}
