using System.Runtime.InteropServices;

namespace S3Mount.Benchmarks;

/// <summary>
/// Memory that nothing has used for a while may have been taken back by the host of a virtual machine (free page reporting, balloons):
/// then its first use costs several times what it costs elsewhere (seen: 3.3 s of CPU for a gibibyte instead of 0.7 s), and whoever
/// fills a page cache seems slow. So as much as a pass needs is touched right before it, for all contenders.
/// </summary>
internal static unsafe class HostMemory
{
    private const nuint PageSize = 4096;

    // What is read becomes pages of the page cache, in a mount blocks or files of a cache before that, and what the reader makes of it.
    private const int Copies = 3;

    // Programs, buffers.
    private const long More = 256 << 20;

    // However large a pass is: the rest of the machine keeps what it has.
    private const int MostShare = 4;

    public static void Touch(long passBytes)
    {
        long bytes = Math.Min((passBytes * Copies) + More, GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / MostShare);
        void* memory = NativeMemory.Alloc((nuint)bytes);
        for (nuint at = 0; at < (nuint)bytes; at += PageSize)
            ((byte*)memory)[at] = 1;
        NativeMemory.Free(memory);
    }
}
