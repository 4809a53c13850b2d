using System.Numerics;
using System.Runtime.InteropServices;

namespace S3Mount.FileSystem.Caching;

/// <summary>
/// Native memory for blocks, in size classes, aligned to pages. What is returned is kept for the next block up to a bound, so
/// that a stream of blocks does not make the kernel clear fresh pages for each; what is kept and what is rented together never
/// pass the limit. Any thread.
/// </summary>
internal sealed unsafe class BlockPool : IDisposable
{
    public const int PageSize = 4096;

    // Eight steps between powers of two waste at most an eighth of a block.
    private const int StepBits = 3;

    private readonly Lock _gate = new();
    private readonly Dictionary<int, Stack<nint>> _free = [];
    private readonly long _limit;
    private readonly long _keepLimit;
    private long _rented; // guarded by _gate
    private long _kept; // guarded by _gate
    private bool _disposed;

    /// <param name="limit">Bytes that may be rented at once; whoever rents sees to that.</param>
    /// <param name="keepLimit">Bytes of free memory that are kept.</param>
    public BlockPool(long limit, long keepLimit) => (_limit, _keepLimit) = (limit, keepLimit);

    /// <summary>Bytes that the pool has from the system, rented and free.</summary>
    public long Allocated
    {
        get
        {
            lock (_gate)
                return _rented + _kept;
        }
    }

    /// <summary>The size of the memory that a block of this many bytes gets.</summary>
    public static int CapacityFor(int length)
    {
        int pages = Math.Max(1, (length + PageSize - 1) / PageSize);
        int log = BitOperations.Log2((uint)pages);
        int step = log <= StepBits ? 1 : 1 << (log - StepBits);
        return checked((pages + step - 1) / step * step * PageSize);
    }

    /// <param name="capacity">As <see cref="CapacityFor"/> gave it. The bytes are not cleared.</param>
    public nint Rent(int capacity)
    {
        List<nint>? dropped;
        lock (_gate)
        {
            _rented += capacity;
            if (_free.TryGetValue(capacity, out Stack<nint>? stack) && stack.TryPop(out nint address))
            {
                _kept -= capacity;
                return address;
            }
            dropped = DropKept();
        }
        foreach (nint unused in dropped ?? [])
            NativeMemory.AlignedFree((void*)unused);
        return (nint)NativeMemory.AlignedAlloc((nuint)capacity, PageSize);
    }

    public void Return(nint address, int capacity)
    {
        lock (_gate)
        {
            _rented -= capacity;
            if (!_disposed && _kept + capacity <= _keepLimit)
            {
                if (!_free.TryGetValue(capacity, out Stack<nint>? stack))
                    _free.Add(capacity, stack = new Stack<nint>());
                stack.Push(address);
                _kept += capacity;
                return;
            }
        }
        NativeMemory.AlignedFree((void*)address);
    }

    public void Dispose()
    {
        lock (_gate)
        {
            _disposed = true;
            foreach (Stack<nint> stack in _free.Values)
            {
                while (stack.TryPop(out nint address))
                    NativeMemory.AlignedFree((void*)address);
            }
            _kept = 0;
        }
    }

    // Under the gate: free memory of other sizes makes way for what is rented.
    private List<nint>? DropKept()
    {
        List<nint>? dropped = null;
        foreach ((int capacity, Stack<nint> stack) in _free)
        {
            while (_rented + _kept > _limit && stack.TryPop(out nint address))
            {
                _kept -= capacity;
                (dropped ??= []).Add(address);
            }
        }
        return dropped;
    }
}
