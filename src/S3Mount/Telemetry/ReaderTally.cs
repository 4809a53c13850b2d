using System.Collections.Concurrent;
using S3Mount.FileSystem.Counting;
using S3Mount.Fuse.Protocol;
using S3Mount.Fuse.Session;

namespace S3Mount.Telemetry;

/// <summary>
/// Who asks: requests and bytes by the pid of the kernel's header. Of <see cref="Most"/> pids; another one takes the place of the one that was
/// answered longest ago, and what that one has read is forgotten. Any thread.
/// </summary>
/// <remarks>
/// A pid that is known is counted in 14 ns (the first READ of a file: 24), without a lock and without an allocation: a look into a table
/// that nobody writes to, and additions to the row of the thread. A new one takes 0.3 us and a lock, when there is no room. A thread that counts for a pid while that one loses its place (255 others have asked since) may count for its successor.
/// </remarks>
internal sealed class ReaderTally(TimeProvider timeProvider)
{
    /// <summary>As many as eight accelerators with 32 threads each that read for them. 128 bytes each, and 24 for each row of the counters.</summary>
    public const int Most = 256;

    private const int Requests = 0;
    private const int Files = 1;
    private const int Bytes = 2;
    private const int Fields = 3;
    private const int AllFiles = Most * Fields;

    // Who was answered is noted so finely, and not each time: that would have all threads write to one place.
    private readonly long _fineness = timeProvider.TimestampFrequency / 10;

    private readonly ConcurrentDictionary<uint, int> _places = new();
    private readonly StripedCounters _counters = new(AllFiles + 1);
    private readonly long[] _seen = new long[Most];
    private readonly Lock _gate = new();
    private readonly uint[] _pids = new uint[Most]; // guarded by _gate, as the two below
    private readonly long[] _before = new long[Most * Fields];
    private int _taken;

    /// <summary>Of all who have ever asked: READs that had the first byte of a file.</summary>
    public long FilesBegun => _counters.Read(AllFiles);

    /// <summary>For each answer.</summary>
    public void Count(in FuseAnswer answer)
    {
        // Nobody's: sent when the last who had it open is gone.
        if (answer.Opcode is FuseOpcode.Release or FuseOpcode.ReleaseDir or FuseOpcode.Destroy)
            return;
        if (!_places.TryGetValue(answer.Pid, out int place))
            place = Add(answer.Pid, answer.Moment);
        else if (answer.Moment - Volatile.Read(ref _seen[place]) > _fineness)
            Volatile.Write(ref _seen[place], answer.Moment);
        int first = place * Fields;
        if (answer.ReadBytes == 0)
            _counters.Add(first + Requests, 1);
        else
            _counters.Add(first + Requests, 1, first + Bytes, answer.ReadBytes);
        if (answer.BeginsFile)
            _counters.Add(first + Files, 1, AllFiles, 1);
    }

    /// <summary>All that are known, those who read most first.</summary>
    /// <param name="waiting">Of <see cref="FuseWaiting.ByPid"/>.</param>
    public IReadOnlyList<ReaderFigures> Read(IReadOnlyDictionary<uint, int> waiting)
    {
        var readers = new List<ReaderFigures>();
        lock (_gate)
        {
            long now = timeProvider.GetTimestamp();
            for (int place = 0; place < _taken; place++)
            {
                double idle = timeProvider.GetElapsedTime(Math.Min(Volatile.Read(ref _seen[place]), now), now).TotalSeconds;
                readers.Add(new ReaderFigures(
                    _pids[place], Since(place, Requests), Since(place, Files), Since(place, Bytes), waiting.GetValueOrDefault(_pids[place]), Math.Round(idle, 1)));
            }
        }
        return [.. readers.OrderByDescending(reader => reader.ReadBytes).ThenByDescending(reader => reader.Requests).ThenBy(reader => reader.Pid)];
    }

    private int Add(uint pid, long moment)
    {
        lock (_gate)
        {
            if (_places.TryGetValue(pid, out int place))
                return place;
            place = _taken < Most ? _taken++ : LeastRecent();
            _places.TryRemove(KeyValuePair.Create(_pids[place], place));
            // Others may still add to their rows: nothing is set to zero, what was there is taken off.
            for (int field = 0; field < Fields; field++)
                _before[place * Fields + field] = _counters.Read(place * Fields + field);
            _pids[place] = pid;
            Volatile.Write(ref _seen[place], moment);
            _places[pid] = place;
            return place;
        }
    }

    private int LeastRecent()
    {
        int least = 0;
        for (int place = 1; place < Most; place++)
        {
            if (_seen[place] < _seen[least])
                least = place;
        }
        return least;
    }

    private long Since(int place, int field) => _counters.Read(place * Fields + field) - _before[place * Fields + field];
}
