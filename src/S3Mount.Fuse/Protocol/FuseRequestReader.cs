using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace S3Mount.Fuse.Protocol;

/// <summary>
/// Walks over the body of one request: fixed structs first, then names that end in a NUL. Points into the reader's buffer.
/// Extensions (7.38) at the end of the message are cut off before anything is read.
/// </summary>
internal ref struct FuseRequestReader
{
    private ReadOnlySpan<byte> _rest;

    private FuseRequestReader(ReadOnlySpan<byte> body) => _rest = body;

    /// <summary>Bytes not read yet.</summary>
    public readonly int Remaining => _rest.Length;

    /// <summary>False when the message is shorter than its header, differs from its own length, or its extensions do not fit.</summary>
    public static bool TryOpen(ReadOnlySpan<byte> message, out FuseInHeader header, out FuseRequestReader body)
    {
        body = default;
        if (!MemoryMarshal.TryRead(message, out header) || header.Len != (uint)message.Length)
            return false;
        int length = message.Length - Unsafe.SizeOf<FuseInHeader>() - header.TotalExtLen * 8;
        if (length < 0)
            return false;
        body = new FuseRequestReader(message.Slice(Unsafe.SizeOf<FuseInHeader>(), length));
        return true;
    }

    public bool TryRead<T>(out T value)
        where T : unmanaged
    {
        if (!MemoryMarshal.TryRead(_rest, out value))
            return false;
        _rest = _rest[Unsafe.SizeOf<T>()..];
        return true;
    }

    /// <summary>For structs whose size <see cref="FuseOperation.MinimumSize"/> has already promised.</summary>
    public T Read<T>()
        where T : unmanaged
    {
        T value = MemoryMarshal.Read<T>(_rest);
        _rest = _rest[Unsafe.SizeOf<T>()..];
        return value;
    }

    /// <summary>Copies what is left, as much as fits; returns how much there was.</summary>
    public readonly int CopyTo(Span<byte> destination)
    {
        _rest[..Math.Min(_rest.Length, destination.Length)].CopyTo(destination);
        return _rest.Length;
    }

    /// <summary>The bytes before the next NUL. False when there is none, or the name is empty.</summary>
    public bool TryReadName(out ReadOnlySpan<byte> name)
    {
        int end = _rest.IndexOf((byte)0);
        name = end > 0 ? _rest[..end] : default;
        if (end <= 0)
            return false;
        _rest = _rest[(end + 1)..];
        return true;
    }
}
