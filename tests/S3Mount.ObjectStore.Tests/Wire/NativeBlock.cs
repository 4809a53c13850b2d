using System.Buffers;
using System.Runtime.InteropServices;

namespace S3Mount.ObjectStore.Tests.Wire;

/// <summary>Native memory behind a <see cref="Memory{T}"/>, as the block cache hands it out.</summary>
internal sealed unsafe class NativeBlock(int length) : MemoryManager<byte>
{
    private readonly byte* _bytes = (byte*)NativeMemory.AllocZeroed((nuint)length);

    public override Span<byte> GetSpan() => new(_bytes, length);

    public override MemoryHandle Pin(int elementIndex = 0) => new(_bytes + elementIndex);

    public override void Unpin()
    {
    }

    protected override void Dispose(bool disposing) => NativeMemory.Free(_bytes);
}
