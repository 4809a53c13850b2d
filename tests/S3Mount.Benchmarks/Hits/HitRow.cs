using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using S3Mount.Fuse;
using S3Mount.Fuse.Protocol;

namespace S3Mount.Benchmarks.Hits;

/// <summary>
/// READs of one size over files in the cache, one after another, and what was seen of their answers. Begins behind what loaded
/// the files, so that no byte is read twice: the cache need not keep what the kernel has. Used by the reader's thread.
/// </summary>
internal sealed unsafe class HitRow(HitFile[] files, int fileSize, int start, int readSize)
{
    private readonly TaskCompletionSource<HitResult> _completion = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _file;
    private long _offset = start;
    private nint _expected;
    private bool _isAnswered = true;
    private long _hits;
    private long _late;
    private long _copied;
    private long _allocatedBefore;
    private long _began;

    public Task<HitResult> Completion => _completion.Task;

    public void Start()
    {
        _allocatedBefore = GC.GetAllocatedBytesForCurrentThread();
        _began = Stopwatch.GetTimestamp();
    }

    /// <summary>The next READ; false when all have been made.</summary>
    public bool TryNext(out NodeId node, out FuseReadIn read)
    {
        if (!_isAnswered)
            _late++;
        read = default;
        node = default;
        if (_offset + readSize > fileSize)
        {
            _file++;
            _offset = start;
        }
        if (_file == files.Length)
            return false;
        node = files[_file].Node;
        read.Offset = (ulong)_offset;
        read.Size = (uint)readSize;
        _expected = files[_file].Address + (nint)_offset;
        _offset += readSize;
        _isAnswered = false;
        return true;
    }

    /// <summary>Looks where the bytes of an answer lie.</summary>
    public void Answer(ReadOnlySpan<FuseSlice> message)
    {
        _isAnswered = true;
        _hits++;
        nint expected = _expected;
        foreach (FuseSlice slice in message[1..])
        {
            if ((nint)Unsafe.AsPointer(ref MemoryMarshal.GetReference(slice.Span)) != expected)
                _copied += slice.Length;
            expected += slice.Length;
        }
        if (expected != _expected + readSize)
            _completion.TrySetException(new BenchException($"a READ of {readSize} bytes was answered with {expected - _expected}"));
    }

    public void Complete()
    {
        double nanoseconds = Stopwatch.GetElapsedTime(_began).TotalNanoseconds;
        long allocated = GC.GetAllocatedBytesForCurrentThread() - _allocatedBefore;
        _completion.TrySetResult(new HitResult(readSize, _hits, _late, nanoseconds / Math.Max(1, _hits), allocated, _copied));
    }
}
