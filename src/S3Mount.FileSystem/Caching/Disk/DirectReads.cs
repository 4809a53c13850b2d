using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;
using Mono.Unix.Native;

namespace S3Mount.FileSystem.Caching.Disk;

/// <summary>
/// Reads of whole records past the kernel's page cache (O_DIRECT): what is read is soon in it as the mount's file, and would be there
/// twice. Time and CPU are about the same (10,000 images of 110 KB, four readers: 0.66 of the speed of local files, and 0.68 through the
/// page cache, where twice as much CPU was seen when a virtual machine had to ask its host for the pages). Any thread.
/// </summary>
/// <remarks>
/// Where the file system knows no such reads, there is none: the caller reads through the page cache. Each opens the file anew, 5 us
/// of 300: a second descriptor for each file of a large cache would be thousands.
/// </remarks>
/// <param name="file">Not owned.</param>
internal sealed unsafe class DirectReads(SafeFileHandle file)
{
    /// <summary>
    /// What is smaller is not written past the page cache either, and may still be there (<see cref="SegmentStage"/>).
    /// </summary>
    public const int Smallest = 32 << 10;

    /// <summary>The largest unit that a disk asks for (logical_block_size of 4Kn disks); of memory and of places in the file.</summary>
    public const int Unit = 4096;

    // What is read at once: nearly all images, and 130 us of a disk of 2 GB/s. With the whole mebibyte of a large record the 16 threads that
    // read (DiskReaders) had 16 MiB beside the budget, and a daemon that may have 150 MiB there came to 152.
    private const int Capacity = 256 << 10;

    // For as many readers as a DataLoader has workers.
    private const int MostKept = 4;

    private static readonly Lock _gate = new();
    private static readonly Stack<nint> _kept = new(MostKept); // guarded by _gate

    private volatile bool _isUnable;

    /// <summary>Fills both, from a position of the file on. Blocks.</summary>
    /// <returns>False: not in this way, or not that much is there.</returns>
    /// <exception cref="ObjectDisposedException"/>
    public bool TryFill(long position, Span<byte> first, Span<byte> second)
    {
        if (_isUnable)
            return false;
        int direct = Open();
        if (direct < 0)
            return false;
        nint memory = Rent();
        try
        {
            int length = first.Length + second.Length;
            for (int done = 0; done < length;)
            {
                int skipped = (int)((position + done) % Unit), taken = Math.Min(length - done, Capacity - skipped);
                if (!TryRead(direct, (byte*)memory, position + done - skipped, skipped + taken))
                    return false;
                var bytes = new ReadOnlySpan<byte>((byte*)memory + skipped, taken);
                int ofFirst = Math.Clamp(first.Length - done, 0, taken);
                bytes[..ofFirst].CopyTo(first[Math.Min(done, first.Length)..]);
                bytes[ofFirst..].CopyTo(second[Math.Max(0, done - first.Length)..]);
                done += taken;
            }
            return true;
        }
        finally
        {
            _ = Syscall.close(direct);
            Return(memory);
        }
    }

    // A descriptor as it is: to make a handle of it, and to read through that, takes three more calls.
    private int Open()
    {
        bool isHeld = false;
        try
        {
            file.DangerousAddRef(ref isHeld);
            // By its descriptor: whatever its name has become leads to no other file.
            int direct = Syscall.open($"/proc/self/fd/{file.DangerousGetHandle()}", OpenFlags.O_RDONLY | OpenFlags.O_DIRECT | OpenFlags.O_CLOEXEC);
            _isUnable |= direct < 0;
            return direct;
        }
        finally
        {
            if (isHeld)
                file.DangerousRelease();
        }
    }

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

    // Whole units are read, from one on; so many bytes must be there.
    private bool TryRead(int direct, byte* memory, long position, int needed)
    {
        int length = (needed + Unit - 1) / Unit * Unit;
        for (int done = 0; done < needed;)
        {
            int read = (int)Syscall.pread(direct, memory + done, (ulong)(length - done), position + done);
            // Some refuse only the read, for a unit that is larger. What is really wrong is so for the other way too.
            _isUnable |= read < 0;
            if (read <= 0)
                return false;
            done += read;
            // At the end of the file: what comes after it does not begin at a unit.
            if (done < needed && read % Unit != 0)
                return false;
        }
        return true;
    }
}
