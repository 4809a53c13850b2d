using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;
using Mono.Unix.Native;

namespace S3Mount.FileSystem.Caching.Disk;

/// <summary>
/// The end of a segment that is being written. What is put here goes to the disk past the kernel's page cache (O_DIRECT), which is for
/// the files of whoever trains: a gigabyte in records of a mebibyte costs no page of it, and 0.2 to 0.4 s of CPU at all times, where
/// writing through it cost 0.3 to 4.4 s, the latter when a virtual machine has to ask its host for each page. One thread.
/// </summary>
/// <remarks>Where the file system knows no such writes (tmpfs before Linux 6.6), through the page cache.</remarks>
internal sealed unsafe class SegmentStage : IDisposable
{
    private const int Unit = DirectReads.Unit;

    // A write past the page cache waits for the disk: 150 us for 32 KiB, 200 to 260 us for 112 KiB (65 and 80 us of CPU; a virtual disk of
    // 2 GB/s). Through it they take 15 and 50 us. So one thread keeps 200 MB/s in the smallest writes, a gigabyte in whole batches.
    private const int SmallestDirect = DirectReads.Smallest;

    // A record, what comes before it in the first page, and zeros after it.
    private const int Capacity = CacheFormat.GranuleSize + (4 * Unit);

    private readonly SafeFileHandle _file;
    private SafeFileHandle? _direct;
    private byte* _memory;
    private long _start; // where in the file the memory begins
    private int _written; // so many bytes of it are in the file
    private int _length;

    /// <param name="file">Of the segment; not owned.</param>
    /// <param name="end">Where its records end.</param>
    /// <exception cref="IOException"/>
    public SegmentStage(string path, SafeFileHandle file, long end)
    {
        _file = file;
        int direct = Syscall.open(path, OpenFlags.O_WRONLY | OpenFlags.O_DIRECT | OpenFlags.O_CLOEXEC);
        _direct = direct >= 0 ? new SafeFileHandle(direct, ownsHandle: true) : null;
        _memory = (byte*)NativeMemory.AlignedAlloc(Capacity, Unit);
        try
        {
            Begin(end);
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    public bool HasRoom(int size) => size <= Capacity - _length - Unit;

    /// <summary>Takes bytes that <see cref="Flush"/> writes at the end of the file.</summary>
    /// <param name="size">Of both with zeros after them; there is room for it.</param>
    public void Add(ReadOnlySpan<byte> head, ReadOnlySpan<byte> bytes, int size)
    {
        var room = new Span<byte>(_memory + _length, size);
        head.CopyTo(room);
        bytes.CopyTo(room[head.Length..]);
        room[(head.Length + bytes.Length)..].Clear();
        _length += size;
    }

    /// <summary>Writes what was added. It can be read from the file when this returns.</summary>
    /// <exception cref="IOException">What had been written before is still there, what had been added is not.</exception>
    public void Flush()
    {
        int end = _length, more = end - _written;
        _length = _written;
        if (more == 0)
            return;
        if (_direct is null || more < SmallestDirect)
            RandomAccess.Write(_file, new ReadOnlySpan<byte>(_memory + _written, more), _start + _written);
        else
            WriteDirectly(_direct, end);
        // The last page is written again with what follows.
        int done = end / Unit * Unit;
        new ReadOnlySpan<byte>(_memory + done, end - done).CopyTo(new Span<byte>(_memory, Unit));
        _start += done;
        _written = _length = end - done;
    }

    /// <summary>What was added is not to be written.</summary>
    public void Drop() => _length = _written;

    public void Dispose()
    {
        _direct?.Dispose();
        NativeMemory.AlignedFree(_memory);
        _memory = null;
    }

    private void Begin(long end)
    {
        _start = end / Unit * Unit;
        _written = _length = (int)(end - _start);
        for (int read = 0; read < _length;)
        {
            int more = RandomAccess.Read(_file, new Span<byte>(_memory + read, _length - read), _start + read);
            if (more == 0)
                throw new EndOfStreamException("a segment has been cut short");
            read += more;
        }
    }

    private void WriteDirectly(SafeFileHandle direct, int end)
    {
        int whole = (end + Unit - 1) / Unit * Unit;
        new Span<byte>(_memory + end, whole - end).Clear();
        try
        {
            RandomAccess.Write(direct, new ReadOnlySpan<byte>(_memory, whole), _start);
        }
        catch (IOException)
        {
            // Some refuse only the write, for a unit that is larger. What is really wrong is so for the other way too.
            direct.Dispose();
            _direct = null;
            RandomAccess.Write(_file, new ReadOnlySpan<byte>(_memory + _written, end - _written), _start + _written);
        }
    }
}
