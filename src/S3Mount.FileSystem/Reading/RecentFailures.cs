using Mono.Unix.Native;
using S3Mount.FileSystem.Inodes;

namespace S3Mount.FileSystem.Reading;

/// <summary>
/// Ranges that could not be read before the deadline, for a moment. When readahead fails, the kernel asks for the first page
/// once more (filemap_get_pages, mm/filemap.c, v6.18): one read(2) would wait for two deadlines. Bounded; any thread.
/// </summary>
internal sealed class RecentFailures(MountClock clock)
{
    /// <summary>The kernel asks again within microseconds; a program that tries again after a pause finds nothing here.</summary>
    public static readonly TimeSpan KeptFor = TimeSpan.FromSeconds(1);

    // A few round trips. To ask again costs no more than the first time; tries that go on to a deadline take longer, though the
    // last may end well before it.
    private static readonly TimeSpan _leastWait = TimeSpan.FromMilliseconds(100);

    // 32 readers with a readahead of 1 MiB each, in READs of 128 KiB.
    private const int Capacity = 256;

    private readonly Lock _gate = new();
    // A ring, the oldest first to go. Guarded by _gate.
    private readonly Failure[] _failures = new Failure[Capacity];
    private int _next;
    // The moment when the last of them is forgotten; read without the gate.
    private long _keptUntil;

    /// <summary>Keeps a range that a READ has waited for in vain.</summary>
    /// <param name="since">When the READ came, as a moment of <see cref="MountClock"/>.</param>
    public void Add(in FileInode file, long offset, int length, Errno errno, long since)
    {
        long now = clock.Now;
        if (now - since < _leastWait.Ticks)
            return;
        lock (_gate)
        {
            long until = now + KeptFor.Ticks;
            _failures[_next] = new Failure(file, offset, offset + length, errno, until);
            _next = (_next + 1) % Capacity;
            Volatile.Write(ref _keptUntil, until);
        }
    }

    /// <summary>What a READ gets that needs bytes of a range that has just failed.</summary>
    public bool TryFind(in FileInode file, long offset, int length, out Errno errno)
    {
        errno = default;
        if (clock.HasPassed(Volatile.Read(ref _keptUntil)))
            return false;
        lock (_gate)
        {
            foreach (ref readonly Failure failure in _failures.AsSpan())
            {
                if (failure.File == file && failure.From < offset + length && offset < failure.To && !clock.HasPassed(failure.Until))
                {
                    errno = failure.Errno;
                    return true;
                }
            }
        }
        return false;
    }

    private readonly record struct Failure(FileInode File, long From, long To, Errno Errno, long Until);
}
