using System.Buffers.Binary;
using System.Text.Json;
using Microsoft.Win32.SafeHandles;
using S3Mount.Interop;
using S3Mount.ObjectStore;

namespace S3Mount.Hosting.Handover;

/// <summary>
/// A file in memory in which a process leaves to the next what it has to know of their mount: at once what INIT has agreed on and which node
/// ids are taken, for a crash; at its end all of them. Little-endian:
/// <para>
/// magic (4 bytes), version (4), numbers in use are below (4), CRC-32C of the inodes (4), their length or -1 (8), length of
/// the head (4), the head as JSON; from 64 KiB on the inodes.
/// </para>
/// </summary>
internal sealed class HandoverFile : IDisposable
{
    private const uint Magic = 0x48_4d_33_53; // S3MH
    private const uint Version = 1;
    private const int ReservedAt = 8;
    private const int ChecksumAt = 12;
    private const int LengthAt = 16;
    private const int HeadAt = 28;
    private const int FixedSize = HeadAt;

    /// <summary>A path of 4,096 bytes, escaped, and all else.</summary>
    private const int InodesAt = 64 << 10;

    private const int CopySize = 1 << 20;

    private readonly SafeFileHandle _file;

    private HandoverFile(SafeFileHandle file) => _file = file;

    /// <summary>An empty one.</summary>
    /// <exception cref="StartupException">No memory, or no descriptor.</exception>
    public static HandoverFile Create()
    {
        int descriptor = LibC.MemoryFile("s3mount", LibC.MFD_CLOEXEC);
        if (descriptor < 0)
            throw new StartupException($"memfd_create failed (errno {System.Runtime.InteropServices.Marshal.GetLastPInvokeError()})");
        var file = new HandoverFile(new SafeFileHandle(descriptor, ownsHandle: true));
        Span<byte> start = stackalloc byte[FixedSize];
        start.Clear();
        BinaryPrimitives.WriteUInt32LittleEndian(start, Magic);
        BinaryPrimitives.WriteUInt32LittleEndian(start[4..], Version);
        BinaryPrimitives.WriteInt64LittleEndian(start[LengthAt..], -1);
        RandomAccess.Write(file._file, start, 0);
        return file;
    }

    /// <param name="descriptor">Owned by the file from here on.</param>
    public static HandoverFile Open(int descriptor) => new(new SafeFileHandle(descriptor, ownsHandle: true));

    /// <summary>Its number, good as long as it is not disposed.</summary>
    public int Descriptor => (int)_file.DangerousGetHandle();

    /// <summary>Below this are all numbers that node ids in use may be made of.</summary>
    public int Reserved => BinaryPrimitives.ReadInt32LittleEndian(Read(ReservedAt, 4));

    /// <summary>Raises <see cref="Reserved"/>; it never falls. One thread at a time.</summary>
    public void Reserve(int bound)
    {
        if (bound <= Reserved)
            return;
        Span<byte> bytes = stackalloc byte[4];
        BinaryPrimitives.WriteInt32LittleEndian(bytes, bound);
        RandomAccess.Write(_file, bytes, ReservedAt);
    }

    /// <summary>Null: there is none, or it is not of this version.</summary>
    /// <exception cref="InvalidDataException">It is damaged.</exception>
    public HandoverHead? ReadHead()
    {
        if (RandomAccess.GetLength(_file) < FixedSize)
            return null;
        byte[] start = Read(0, FixedSize);
        int length = BinaryPrimitives.ReadInt32LittleEndian(start.AsSpan(LengthAt + 8));
        if (BinaryPrimitives.ReadUInt32LittleEndian(start) != Magic || BinaryPrimitives.ReadUInt32LittleEndian(start.AsSpan(4)) != Version || length == 0)
            return null;
        if (length is < 0 or > InodesAt - HeadAt)
            throw new InvalidDataException($"a head of {length} bytes");
        try
        {
            return JsonSerializer.Deserialize(Read(HeadAt, length), HandoverJson.Default.HandoverHead);
        }
        catch (JsonException e)
        {
            throw new InvalidDataException("its head is no JSON", e);
        }
    }

    public void WriteHead(HandoverHead head)
    {
        byte[] text = JsonSerializer.SerializeToUtf8Bytes(head, HandoverJson.Default.HandoverHead);
        byte[] length = new byte[4];
        BinaryPrimitives.WriteInt32LittleEndian(length, text.Length);
        RandomAccess.Write(_file, text, HeadAt);
        RandomAccess.Write(_file, length, LengthAt + 8);
    }

    /// <summary>The inodes, as <see cref="WriteInodes"/> was given them; null: there are none.</summary>
    /// <exception cref="InvalidDataException">They are damaged.</exception>
    public Stream? OpenInodes()
    {
        byte[] start = Read(ChecksumAt, 12);
        long length = BinaryPrimitives.ReadInt64LittleEndian(start.AsSpan(4));
        if (length < 0)
            return null;
        if (RandomAccess.GetLength(_file) - InodesAt != length || Checksum(length) != BinaryPrimitives.ReadUInt32LittleEndian(start))
            throw new InvalidDataException("the inodes are cut or damaged");
        // It stays ours: the stream is read to its end, and left to the collector.
        var borrowed = new SafeFileHandle(_file.DangerousGetHandle(), ownsHandle: false);
        return new BufferedStream(new FileStream(borrowed, FileAccess.Read, bufferSize: 0) { Position = InodesAt }, CopySize);
    }

    /// <summary>Nobody takes them again: from now on they change.</summary>
    public void ForgetInodes()
    {
        byte[] none = new byte[12];
        BinaryPrimitives.WriteInt64LittleEndian(none.AsSpan(4), -1);
        RandomAccess.Write(_file, none, ChecksumAt);
        RandomAccess.SetLength(_file, InodesAt);
    }

    /// <summary>They are there when it returns, or not at all.</summary>
    /// <exception cref="IOException">No memory.</exception>
    public void WriteInodes(Action<Stream> write)
    {
        var borrowed = new SafeFileHandle(_file.DangerousGetHandle(), ownsHandle: false);
        using (var file = new FileStream(borrowed, FileAccess.Write, bufferSize: 0) { Position = InodesAt })
        using (var buffered = new BufferedStream(file, CopySize))
            write(buffered);
        byte[] start = new byte[12];
        long length = RandomAccess.GetLength(_file) - InodesAt;
        BinaryPrimitives.WriteUInt32LittleEndian(start, Checksum(length));
        BinaryPrimitives.WriteInt64LittleEndian(start.AsSpan(4), length);
        RandomAccess.Write(_file, start, ChecksumAt);
    }

    public void Dispose() => _file.Dispose();

    private uint Checksum(long length)
    {
        byte[] buffer = new byte[CopySize];
        uint checksum = 0;
        for (long at = 0; at < length;)
        {
            int read = RandomAccess.Read(_file, buffer.AsSpan(0, (int)Math.Min(buffer.Length, length - at)), InodesAt + at);
            if (read == 0)
                throw new InvalidDataException("the inodes are cut");
            checksum = Crc32C.Append(checksum, buffer.AsSpan(0, read));
            at += read;
        }
        return checksum;
    }

    private byte[] Read(long offset, int length)
    {
        byte[] bytes = new byte[length];
        return RandomAccess.Read(_file, bytes, offset) == length ? bytes : throw new InvalidDataException("it is cut");
    }
}
