using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Mono.Unix.Native;
using S3Mount.Fuse;
using S3Mount.Fuse.Protocol;
using S3Mount.Fuse.Session;
using S3Mount.Testing.Fuse;

namespace S3Mount.Benchmarks.Hits;

/// <summary>
/// A stand-in for /dev/fuse with one reader: single calls that are awaited, and rows of READs that are made in the reader's own
/// buffer and looked at as they are answered, without a system call, so that nothing but the daemon's own work is measured.
/// </summary>
internal sealed class HitDevice : IFuseDevice
{
    private readonly BlockingCollection<byte[]> _requests = [];
    private readonly ConcurrentDictionary<ulong, TaskCompletionSource<byte[]>> _calls = new();
    private readonly byte[] _template = FakeKernel.Request(FuseOpcode.Read, 0, new NodeId(0), new byte[Unsafe.SizeOf<FuseReadIn>()]);
    private ulong _unique;
    // The row that is being read; used by the reader's thread alone.
    private HitRow? _row;
    private HitRow? _nextRow;

    /// <summary>Sends one request and waits for the body of its answer.</summary>
    public async Task<byte[]> CallAsync(FuseOpcode opcode, NodeId node, ReadOnlyMemory<byte> body)
    {
        ulong unique = Interlocked.Add(ref _unique, 2);
        var answer = new TaskCompletionSource<byte[]>(TaskCreationOptions.RunContinuationsAsynchronously);
        _calls[unique] = answer;
        _requests.Add(FakeKernel.Request(opcode, unique, node, body.Span));
        return await answer.Task.WaitAsync(TimeSpan.FromSeconds(20));
    }

    /// <summary>Reads a row of ranges of files that are in the cache.</summary>
    public async Task<HitResult> ReadAsync(HitRow row)
    {
        _nextRow = row;
        // Wakes the reader, which drops it.
        _requests.Add([]);
        return await row.Completion.WaitAsync(TimeSpan.FromSeconds(60));
    }

    public Errno Receive(Span<byte> buffer, bool isQuiet, out int length)
    {
        if (_row is { } row)
        {
            if (row.TryNext(out NodeId node, out FuseReadIn read))
            {
                length = Write(buffer, node, in read);
                return 0;
            }
            _row = null;
            row.Complete();
        }
        length = 0;
        if (!_requests.TryTake(out byte[]? request, Timeout.Infinite))
            return Errno.ENODEV;
        _row = Interlocked.Exchange(ref _nextRow, null);
        if (_row is not null)
        {
            _row.Start();
            return Errno.EAGAIN;
        }
        request.CopyTo(buffer);
        length = request.Length;
        return 0;
    }

    public Errno Send(ReadOnlySpan<FuseSlice> message)
    {
        ulong unique = MemoryMarshal.Read<FuseOutHeader>(message[0].Span).Unique;
        if (_row is { } row && unique == _unique)
        {
            row.Answer(message);
            return 0;
        }
        if (_calls.TryRemove(unique, out TaskCompletionSource<byte[]>? call))
            call.TrySetResult(Join(message[1..]));
        return 0;
    }

    public void Close() => _requests.CompleteAdding();

    public void Dispose() => Close();

    private int Write(Span<byte> buffer, NodeId node, in FuseReadIn read)
    {
        _template.CopyTo(buffer);
        ref FuseInHeader header = ref MemoryMarshal.AsRef<FuseInHeader>(buffer);
        header.Unique = _unique += 2;
        header.NodeId = node.Value;
        MemoryMarshal.Write(buffer[Unsafe.SizeOf<FuseInHeader>()..], in read);
        return _template.Length;
    }

    private static byte[] Join(ReadOnlySpan<FuseSlice> slices)
    {
        var bytes = new List<byte>();
        foreach (FuseSlice slice in slices)
            bytes.AddRange(slice.Span);
        return [.. bytes];
    }
}
