using System.Runtime.InteropServices;
using System.Text;

namespace S3Mount.Benchmarks.Clients;

/// <summary>
/// The system calls of a reader and no others: File.OpenHandle adds flock and fadvise to each open, which a mount pays for and a
/// trainer does not ask for. Python's open() and read() are open, fstat, read until nothing comes, close.
/// </summary>
internal static unsafe partial class Posix
{
    private const int ReadOnly = 0x80000; // O_RDONLY | O_CLOEXEC, the same on x86-64 and arm64
    private const int SizeOffset = 48; // of st_size in struct stat, the same on x86-64 and arm64

    /// <summary>A path as the system calls want it.</summary>
    public static byte[] Path(string root, string key) => Encoding.UTF8.GetBytes(System.IO.Path.Combine(root, key) + '\0');

    public static int Open(byte[] path)
    {
        fixed (byte* start = path)
            return Check(open(start, ReadOnly), path);
    }

    public static long Size(int descriptor)
    {
        // struct stat has 144 bytes on x86-64 and 128 on arm64.
        byte* stat = stackalloc byte[256];
        Check(fstat(descriptor, stat));
        return *(long*)(stat + SizeOffset);
    }

    public static int Read(int descriptor, Span<byte> buffer)
    {
        fixed (byte* start = buffer)
            return (int)Check(read(descriptor, start, (nuint)buffer.Length));
    }

    public static int PRead(int descriptor, Span<byte> buffer, long offset)
    {
        fixed (byte* start = buffer)
            return (int)Check(pread(descriptor, start, (nuint)buffer.Length, offset));
    }

    /// <summary>Fills the buffer; fails where the file ends before.</summary>
    public static void PReadExactly(int descriptor, Span<byte> buffer, long offset)
    {
        for (int done = 0; done < buffer.Length;)
        {
            int length = PRead(descriptor, buffer[done..], offset + done);
            if (length == 0)
                throw new EndOfStreamException($"the file ends at {offset + done}");
            done += length;
        }
    }

    public static void Close(int descriptor) => Check(close(descriptor));

    /// <summary>A shared mapping to read from.</summary>
    public static byte* Map(int descriptor, long length)
    {
        const int ProtRead = 1;
        const int MapShared = 1;
        void* start = mmap(null, (nuint)length, ProtRead, MapShared, descriptor, 0);
        Check((nint)start);
        return (byte*)start;
    }

    public static void Unmap(byte* start, long length) => Check(munmap(start, (nuint)length));

    /// <summary>Waits until everything that was written to the file system of a directory is on its disk.</summary>
    public static void SyncFileSystem(string directory) => With(directory, descriptor => Check(syncfs(descriptor)));

    /// <summary>Drops the clean pages of a file.</summary>
    public static void DropPages(string file)
    {
        const int DontNeed = 4;
        // It returns the error, and sets none.
        With(file, descriptor =>
        {
            if (posix_fadvise(descriptor, 0, 0, DontNeed) is > 0 and int error)
                throw new IOException(Marshal.GetPInvokeErrorMessage(error));
        });
    }

    private static void With(string path, Action<int> act)
    {
        int descriptor = Open(Path(path, ""));
        try
        {
            act(descriptor);
        }
        finally
        {
            Close(descriptor);
        }
    }

    private static nint Check(nint result) => result == -1 ? throw new IOException(Marshal.GetPInvokeErrorMessage(Marshal.GetLastPInvokeError())) : result;

    private static int Check(int result, byte[] path) =>
        result == -1 ? throw new IOException($"{Encoding.UTF8.GetString(path)}: {Marshal.GetPInvokeErrorMessage(Marshal.GetLastPInvokeError())}") : result;

    [LibraryImport("libc", SetLastError = true)]
    private static partial int open(byte* path, int flags);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int fstat(int descriptor, byte* stat);

    [LibraryImport("libc", SetLastError = true)]
    private static partial nint read(int descriptor, byte* buffer, nuint count);

    [LibraryImport("libc", SetLastError = true)]
    private static partial nint pread(int descriptor, byte* buffer, nuint count, long offset);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int syncfs(int descriptor);

    [LibraryImport("libc")]
    private static partial int posix_fadvise(int descriptor, long offset, long length, int advice);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int close(int descriptor);

    [LibraryImport("libc", SetLastError = true)]
    private static partial void* mmap(void* address, nuint length, int protection, int flags, int descriptor, long offset);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int munmap(void* address, nuint length);
}
