using System.Numerics;

namespace S3Mount.FileSystem.Caching;

/// <summary>
/// Native memory for blocks, in size classes, aligned to pages. What is returned is kept for the next block, so that a stream of
/// blocks does not make the kernel clear fresh pages for each, and goes back to the system when nobody has wanted it for a
/// while; what is kept and what is rented together never pass the limit. Any thread.
/// </summary>
internal sealed class BlockPool : IDisposable
{
    public const int PageSize = 4096;

    // Eight steps between powers of two waste at most an eighth of a block.
    private const int StepBits = 3;

    private readonly Lock _gate = new();
    private readonly Dictionary<int, FreeList> _free = [];
    private readonly long _limit;
    private long _rented; // guarded by _gate
    private long _kept; // guarded by _gate
    private bool _disposed;

    /// <param name="limit">Bytes that may be rented at once; whoever rents sees to that.</param>
    public BlockPool(long limit) => _limit = limit;

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
        List<(nint Address, int Capacity)>? dropped;
        lock (_gate)
        {
            _rented += capacity;
            if (_free.TryGetValue(capacity, out FreeList? free) && free.TryPop(out nint address))
            {
                _kept -= capacity;
                return address;
            }
            dropped = DropKept();
        }
        Free(dropped);
        return NativePages.Allocate(capacity);
    }

    public void Return(nint address, int capacity)
    {
        lock (_gate)
        {
            _rented -= capacity;
            if (!_disposed)
            {
                if (!_free.TryGetValue(capacity, out FreeList? free))
                    _free.Add(capacity, free = new FreeList());
                free.Push(address);
                _kept += capacity;
                return;
            }
        }
        NativePages.Free(address, capacity);
    }

    /// <summary>Gives back to the system what has lain unused since the last call.</summary>
    public void Trim()
    {
        List<(nint, int)>? dropped = null;
        lock (_gate)
        {
            foreach ((int capacity, FreeList free) in _free)
            {
                for (int unused = free.TakeUnused(); unused > 0; unused--)
                    Drop(free, capacity, ref dropped);
            }
        }
        Free(dropped);
        if (dropped is not null)
            NativePages.ReturnFreed();
    }

    public void Dispose()
    {
        List<(nint, int)>? dropped = null;
        lock (_gate)
        {
            _disposed = true;
            foreach ((int capacity, FreeList free) in _free)
            {
                while (Drop(free, capacity, ref dropped))
                {
                }
            }
        }
        Free(dropped);
    }

    // Under the gate: free memory of other sizes makes way for what is rented.
    private List<(nint, int)>? DropKept()
    {
        List<(nint, int)>? dropped = null;
        foreach ((int capacity, FreeList free) in _free)
        {
            while (_rented + _kept > _limit && Drop(free, capacity, ref dropped))
            {
            }
        }
        return dropped;
    }

    private bool Drop(FreeList free, int capacity, ref List<(nint, int)>? dropped)
    {
        if (!free.TryPop(out nint address))
            return false;
        _kept -= capacity;
        (dropped ??= []).Add((address, capacity));
        return true;
    }

    private static void Free(List<(nint Address, int Capacity)>? dropped)
    {
        if (dropped is null)
            return;
        foreach ((nint address, int capacity) in dropped)
            NativePages.Free(address, capacity);
    }

    /// <summary>Free blocks of one size; the one used last is the first to be used again, while the processor still has it.</summary>
    private sealed class FreeList
    {
        private readonly Stack<nint> _addresses = new();
        private int _fewest;

        public void Push(nint address) => _addresses.Push(address);

        public bool TryPop(out nint address)
        {
            bool popped = _addresses.TryPop(out address);
            _fewest = Math.Min(_fewest, _addresses.Count);
            return popped;
        }

        /// <summary>How many were never needed since the last call.</summary>
        public int TakeUnused()
        {
            int unused = _fewest;
            _fewest = _addresses.Count;
            return unused;
        }
    }
}
