using System.Runtime.InteropServices;
using S3Mount.ObjectStore;

namespace S3Mount.FileSystem.Snapshots;

/// <summary>Writes sections one after another, with their checksums. One thread.</summary>
internal sealed class SectionWriter
{
    private readonly Stream _stream;
    // A write of this size takes the kernel long enough that the call itself does not show.
    private readonly byte[] _buffer = new byte[1 << 20];
    private int _buffered;
    private uint _checksum;
    private long _start;
    private long _length;

    /// <param name="stream">Stands where the first section begins.</param>
    /// <param name="start">Where that is.</param>
    public SectionWriter(Stream stream, long start) => (_stream, _start) = (stream, start);

    /// <summary>Bytes of this section so far.</summary>
    public long Length => _length;

    public void Append(ReadOnlySpan<byte> bytes)
    {
        _length += bytes.Length;
        while (bytes.Length > _buffer.Length - _buffered)
        {
            int fits = _buffer.Length - _buffered;
            bytes[..fits].CopyTo(_buffer.AsSpan(_buffered));
            _buffered += fits;
            bytes = bytes[fits..];
            Flush();
        }
        bytes.CopyTo(_buffer.AsSpan(_buffered));
        _buffered += bytes.Length;
    }

    public void Append<T>(in T record)
        where T : unmanaged => Append(MemoryMarshal.AsBytes(new ReadOnlySpan<T>(in record)));

    /// <summary>Zeros up to the next multiple of <see cref="SnapshotFormat.Alignment"/>.</summary>
    public void Align()
    {
        ReadOnlySpan<byte> zeros = stackalloc byte[SnapshotFormat.Alignment];
        Append(zeros[..(int)(SnapshotFormat.Aligned(_length) - _length)]);
    }

    /// <summary>Ends the section; the next one begins behind it.</summary>
    public SectionRecord End(SectionKind kind)
    {
        Flush();
        var record = new SectionRecord { Kind = kind, Checksum = _checksum, Offset = (ulong)_start, SectionLength = (ulong)_length };
        _start += _length;
        (_checksum, _length) = (0, 0);
        return record;
    }

    private void Flush()
    {
        ReadOnlySpan<byte> buffered = _buffer.AsSpan(0, _buffered);
        _checksum = Crc32C.Append(_checksum, buffered);
        _stream.Write(buffered);
        _buffered = 0;
    }
}
