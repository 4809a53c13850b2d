using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;
using Mono.Unix.Native;

namespace S3Mount.FileSystem.Caching.Disk;

/// <summary>
/// Reads of whole records past the kernel's page cache (O_DIRECT): what is read is soon in it as the mount's file, and would be there
/// twice. 10,000 images of 110 KB cost 1.3 s of the daemon's CPU instead of 1.6 s, and as much time; 3.8 s and half as much time again
/// were seen through it when a virtual machine had to ask its host for the pages. Disposing lets reads that are under way end. Any thread.
/// </summary>
/// <remarks>Where the file system knows no such reads, there is none: the caller reads through the page cache.</remarks>
internal sealed unsafe class DirectReads : IDisposable
{
    /// <summary>
    /// What is smaller is not written past the page cache either, and may still be there (<see cref="SegmentStage"/>).
    /// </summary>
    public const int Smallest = 32 << 10;

    // The largest unit that a disk asks for (logical_block_size of 4Kn disks); of memory and of places in the file.
    private const int Unit = 4096;

    // A record, and what is around it in its first and last unit.
    private const int Capacity = CacheFormat.GranuleSize + (3 * Unit);

    // As many as there are threads that read (DiskReaders): 16 MiB at most, of which records of images touch an eighth.
    private const int MostKept = 16;

    private static readonly Lock _gate = new();
    private static readonly Stack<nint> _kept = new(MostKept); // guarded by _gate

    private readonly SafeFileHandle _file;
    private volatile bool _isUnable;

    private DirectReads(SafeFileHandle file) => _file = file;

    /// <param name="file">Of which the same bytes are to be read; not owned.</param>
    public static DirectReads Open(SafeFileHandle file)
    {
        bool isHeld = false;
        try
        {
            file.DangerousAddRef(ref isHeld);
            // By its descriptor: whatever its name has become leads to no other file.
            int descriptor = Syscall.open($"/proc/self/fd/{file.DangerousGetHandle()}", OpenFlags.O_RDONLY | OpenFlags.O_DIRECT | OpenFlags.O_CLOEXEC);
            return new DirectReads(new SafeFileHandle(descriptor, ownsHandle: true)) { _isUnable = descriptor < 0 };
        }
        finally
        {
            if (isHeld)
                file.DangerousRelease();
        }
    }

    /// <summary>Fills both, from a position of the file on. Blocks.</summary>
    /// <returns>False: not in this way, or not that much is there.</returns>
    /// <exception cref="ObjectDisposedException"/>
    public bool TryFill(long position, Span<byte> first, Span<byte> second)
    {
        if (_isUnable)
            return false;
        long start = position / Unit * Unit;
        int skipped = (int)(position - start), needed = skipped + first.Length + second.Length;
        nint memory = Rent();
        try
        {
            var units = new Span<byte>((void*)memory, (needed + Unit - 1) / Unit * Unit);
            if (!TryRead(start, units, needed))
                return false;
            units.Slice(skipped, first.Length).CopyTo(first);
            units.Slice(skipped + first.Length, second.Length).CopyTo(second);
            return true;
        }
        finally
        {
            Return(memory);
        }
    }

    public void Dispose() => _file.Dispose();

    // The one used last: the processor still has it.
    private static nint Rent()
    {
        lock (_gate)
        {
            if (_kept.TryPop(out nint memory))
                return memory;
        }
        return (nint)NativeMemory.AlignedAlloc(Capacity, Unit);
    }

    private static void Return(nint memory)
    {
        lock (_gate)
        {
            if (_kept.Count < MostKept)
            {
                _kept.Push(memory);
                return;
            }
        }
        NativeMemory.AlignedFree((void*)memory);
    }

    private bool TryRead(long position, Span<byte> units, int needed)
    {
        try
        {
            for (int done = 0; done < needed;)
            {
                int read = RandomAccess.Read(_file, units[done..], position + done);
                done += read;
                // At the end of the file, or where it was interrupted: the rest does not begin at a unit.
                if (done < needed && (read == 0 || read % Unit != 0))
                    return false;
            }
            return true;
        }
        catch (IOException)
        {
            // Some refuse only the read, for a unit that is larger. What is really wrong is so for the other way too.
            _isUnable = true;
            return false;
        }
    }
}
