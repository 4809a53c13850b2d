using System.Runtime.InteropServices;

namespace S3Mount.Fuse.Protocol;

/// <summary>
/// A run of bytes in memory that the garbage collector does not move; laid out as struct iovec, so that a row of slices goes
/// to writev(2) as it is. The caller keeps the memory alive until the reply call returns.
/// </summary>
[StructLayout(LayoutKind.Sequential)]
public readonly struct FuseSlice
{
    private readonly nint _address;
    private readonly nuint _length;

    public unsafe FuseSlice(void* address, int length)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(length);
        _address = (nint)address;
        _length = (nuint)length;
    }

    public unsafe ReadOnlySpan<byte> Span => new((void*)_address, (int)_length);

    public int Length => (int)_length;
}
