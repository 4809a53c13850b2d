namespace S3Mount.ObjectStore.S3;

/// <summary>
/// How long answers of one kind are waited for, by how long they have taken lately: a store that answers within 20 ms is known to
/// stall within half a second, one that takes five seconds for each answer is left the time that it takes. Any thread.
/// </summary>
internal sealed class AnswerPace(TimeSpan longest, bool isHeadHurried)
{
    // S3 sends its first bytes within 100 to 200 ms (S3 User Guide, "Performance guidelines"): before anything is known of the
    // store, several times that with a new connection.
    private static readonly TimeSpan _hedgeAtFirst = TimeSpan.FromSeconds(1);

    // Three times what 95 of 100 answers take is no queue any more. Never below 250 ms: a second request costs more than what it
    // gains, and a stall of this machine looks like one of the store; never above a third of the longest patience.
    private const int HedgeFactor = 3;
    private static readonly TimeSpan _hedgeAtLeast = TimeSpan.FromMilliseconds(250);

    // A request that nobody may be sent beside is given up later than that: what it has done is lost.
    private const int HeadFactor = 10;
    private static readonly TimeSpan _headAtLeast = TimeSpan.FromSeconds(5);

    // A body that stands still is replaced, from the byte where it stopped, for the price of one request. A second is what a reader
    // may wait for one that stalls: half of it to notice, half to begin again.
    private static readonly TimeSpan _bodyAtLeast = TimeSpan.FromMilliseconds(500);

    // Of the silences that bodies have outlived lately the longest, twice; an eighth is forgotten with each body that knew none.
    private const int BodyFactor = 2;
    private const int Forgetting = 8;

    private readonly LatencyTracker _heads = new();
    private long _bodyTicks = _bodyAtLeast.Ticks;

    /// <summary>How long an answer may take to begin before a second request is sent beside the first.</summary>
    public TimeSpan HedgeAfter => _heads.Usual is { } usual ? Between(_hedgeAtLeast, usual * HedgeFactor, longest / 3) : _hedgeAtFirst;

    /// <summary>How long an answer may take to begin at all.</summary>
    /// <param name="stalls">Tries of the operation that were given up so before: each doubles what the next one is left.</param>
    public TimeSpan HeadPatience(int stalls) =>
        isHeadHurried && _heads.Usual is { } usual ? Doubled(Between(_headAtLeast, usual * HeadFactor, longest), stalls) : longest;

    /// <summary>How long a body may take for its next few thousand bytes (<see cref="TryClock.Step"/>).</summary>
    public TimeSpan BodyPatience(int stalls) => Doubled(new TimeSpan(Interlocked.Read(ref _bodyTicks)), stalls);

    /// <summary>An answer began.</summary>
    public void Began(TimeSpan latency) => _heads.Record(latency);

    /// <summary>A body came to its end.</summary>
    public void Ended(TimeSpan longestSilence)
    {
        long before = Interlocked.Read(ref _bodyTicks);
        long after = Math.Max(_bodyAtLeast.Ticks, Math.Max(before - before / Forgetting, longestSilence.Ticks * BodyFactor));
        // Two at once may undo each other: the next body says it again.
        if (after != before)
            Interlocked.Exchange(ref _bodyTicks, Math.Min(after, longest.Ticks));
    }

    /// <summary>A body was given up after this silence: maybe it was only slow.</summary>
    public void Stalled(TimeSpan patience) =>
        Interlocked.Exchange(ref _bodyTicks, Math.Min(longest.Ticks, Math.Max(Interlocked.Read(ref _bodyTicks), patience.Ticks * BodyFactor)));

    private TimeSpan Doubled(TimeSpan patience, int stalls)
    {
        // 500 ms doubled seven times is more than a minute.
        TimeSpan doubled = patience * (1 << Math.Min(stalls, 7));
        return doubled < longest ? doubled : longest;
    }

    private static TimeSpan Between(TimeSpan least, TimeSpan value, TimeSpan most) => value < least ? least : value > most ? most : value;
}
