using S3Mount.ObjectStore;

namespace S3Mount.FileSystem.Listing.Scanning;

internal sealed partial class ScanPlan
{
    // Pages of a segment. One request in each is for nothing, on average half of one: three keep a scan of a hundred pages within a
    // fifth more than page after page.
    private const double FewestPages = 3;
    // Of a scan of many pages, which is to have a tenth more requests at most.
    private const double FewestPagesOfMany = 6;
    private const double PagesPerFewest = 25;
    // Of each segment when all requests have one; from here on there is little more to save.
    private const double MostPages = 10;

    // How much larger than that a segment must be for it to be worth cutting.
    private const double WorthCutting = 1.6;

    // A segment that is meant to take n pages is cut a little short of them: estimates are about this wrong, and too short
    // costs a part of a page, too long a page.
    private const double CutShort = 0.2;

    // Each page asked for beyond everything known is this many times as far away as everything known is large.
    private const double Gallop = 3;
    private const double FarthestStride = 1e6;

    // How many of those are on their way at once.
    private const int MostFarOrders = 2;

    // Estimates are made again when an eighth more pages have come, or this many: what is known of the keys has grown.
    private const int EstimateHolds = 32;

    // Useful pages up to which a scan must do with two requests for nothing at worst.
    private const double SmallScan = 8;

    private long MaxBytesAhead => Math.Min(_options.MaxBytesAhead, _options.MaxPagesAhead * _largestPage);

    private double _stride = Gallop;

    // Keys that there were, in proportion to those expected, in the segments that are done.
    private double _fill = 1;

    private double Useful => Answered - Waste;

    // For a hundred pages a fifth, for a thousand a tenth.
    private double AllowedWaste => Useful < SmallScan ? 2 : Math.Min(2 + (0.2 * Useful), Math.Max(11 + (0.08 * Useful), 9 + (0.1 * Useful)));

    /// <summary>Requests so far that were for nothing, parts of pages included.</summary>
    public double Waste { get; private set; }

    /// <summary>The page to ask for next; null: nothing before another has come or been taken.</summary>
    public PageOrder? TakeOrder()
    {
        if (_segments.Count == 0)
            return null;
        bool hasRoom = HasRoom(0);
        if (!hasRoom || IsSequential)
            return _segments.Find(segment => !segment.IsDone) is { IsInFlight: false } next && (hasRoom || (next == _segments[0] && next.Pages.Count == 0))
                ? Order(next)
                : null;

        KeySegment front = _segments[0];
        if (front is { IsDone: false, IsInFlight: false, Pages.Count: 0 })
            return Order(front);
        double window = 0.9 * MaxBytesAhead / _largestPage * _mostKeys;
        double known = Known();
        double more = MoreSegments(out int open);
        double share = ShareOf(Math.Min(known, Math.Min(window, MostPages * _options.MaxRequests * _mostKeys)), open + more);
        if (more > 0 && known < window && LookFarther(share, known))
            return Order(_segments[^1]);
        return TakeInOrder(window, share, more > 0) ?? (more > 0 ? TakeInOrder(window, FewestPages * _mostKeys, true) : null);
    }

    private PageOrder? TakeInOrder(double window, double share, bool mayWaste)
    {
        double ahead = 0;
        int before = 0;
        for (int i = 0; i < _segments.Count && ahead <= window; i++)
        {
            KeySegment segment = _segments[i];
            if (!segment.IsDone && HasRoom(2.0 * before / _options.MaxRequests) && TakeFrom(i, share, mayWaste) is { } order)
                return order;
            before += segment.IsDone ? 0 : 1;
            ahead += segment.PageKeys;
            if (!segment.IsDone && i + 1 < _segments.Count)
                ahead += Left(i);
        }
        return null;
    }

    // The farther away, the less of the room may be taken: what the consumer comes to first is to go on at several places at once.
    private bool HasRoom(double distance) =>
        _bytesAhead + ((InFlight + 1) * _largestPage) <= MaxBytesAhead * (1 - (0.5 * Math.Min(1, distance)));

    private PageOrder? TakeFrom(int index, double share, bool mayWaste)
    {
        KeySegment segment = _segments[index];
        // What comes before it is listed: its first request is for nothing no more than any other.
        bool isSure = segment.IsStarted || index == 0 || _segments[index - 1].IsDone;
        if (!mayWaste && (segment.IsInFlight || !isSure))
            return null;
        // A segment that is under way may be cut too: what is cut off is the next to be looked at.
        if ((segment.IsInFlight || !segment.IsStarted) && IsPopulated(index) && CutWithin(index, share, out double planned) is { } at)
        {
            Cut(index, at);
            (segment.Expected, segment.Found) = (planned, 0);
        }
        return segment.IsInFlight ? null : Order(segment);
    }

    private PageOrder Order(KeySegment segment)
    {
        segment.IsInFlight = true;
        segment.IsStarted = true;
        InFlight++;
        return new PageOrder(segment, new ListPageRequest
        {
            Prefix = _range.Prefix,
            Delimiter = _range.Delimiter,
            StartAfter = segment.Token is null && !IsSequential && segment.Last is { } last ? new ObjectKey(last) : null,
            ContinuationToken = segment.Token,
        });
    }

    // Whether keys are known to be behind the segment, so that it is taken to be full of them.
    private bool IsPopulated(int index) => _segments.FindIndex(index + 1, one => one.IsAnswered) >= 0;

    // What is behind becomes a segment that nobody has asked for yet.
    private KeySegment Cut(int index, byte[] at, double planned = 0)
    {
        KeySegment segment = _segments[index];
        var behind = new KeySegment(at, segment.Until, segment.Sample) { Planned = planned };
        _segments.Insert(index + 1, behind);
        segment.Until = at;
        segment.Left = -1;
        return behind;
    }

    // Where the segment is to be cut, so that its share of the work is left of it.
    private byte[]? CutWithin(int index, double share, out double planned)
    {
        planned = (Math.Round(share / _mostKeys) - CutShort) * _mostKeys;
        KeySegment segment = _segments[index];
        double left = Left(index);
        if (segment is not { Sample: { } sample, Last: { } last, Until: { } until } || !double.IsFinite(left) || left < share * WorthCutting)
            return null;
        // By the sample alone there may be more: the cut is to come as far into the segment as its share is of it.
        double all = _space.Keys(sample, last, until);
        return _space.Ahead(sample, last, planned / left * all, until) ?? _space.Ahead(sample, last, all / 2, until);
    }

    // The last segment goes on to the end of the range, and nobody knows where its keys end: asks behind a key far away in it.
    private bool LookFarther(double share, double known)
    {
        int index = _segments.Count - 1;
        if (_segments[index] is not { Sample: { } sample, Last: { } last } segment || (segment.IsDone && segment.Token is null)
            || _segments.Count(one => one.IsFar && one.IsInFlight && !one.IsAnswered) >= MostFarOrders)
            return false;
        double sofar = Math.Max(_keys, _taken + known + _segments.Sum(one => one.PageKeys));
        double farthest = segment.Until is null ? double.PositiveInfinity : Left(index) / 2;
        for (double distance = Math.Min(_stride * sofar, farthest); distance >= share; distance /= 4)
        {
            if (_space.Ahead(sample, last, distance / _fill, segment.Until) is { } at)
            {
                Cut(index, at, distance);
                return true;
            }
        }
        return false;
    }

    // The first answer to a request far away: whether it came to much less than was aimed at.
    private void Learn(KeySegment far, bool isEmpty)
    {
        int gap = _segments.IndexOf(far) - 1;
        bool isNear = !isEmpty && gap >= 0 && (_segments[gap].IsDone || Left(gap) < far.Planned / 2);
        _stride = isNear ? Math.Min(_stride * Gallop, FarthestStride) : Gallop;
    }

    // A segment is done that was to have so many keys: what comes of the others is taken to be off by as much.
    private void Learn(KeySegment done)
    {
        if (done.Expected <= 0)
            return;
        double ratio = Math.Clamp(done.Found / done.Expected, 0.1, 2);
        _fill = Math.Clamp(_fill * Math.Pow(ratio, 0.15), 0.01, 1);
        done.Expected = 0;
    }

    // While little goes to waste, estimates are trusted again by and by: a scan that cuts nothing would learn nothing.
    private void Trust()
    {
        if (Waste < 0.6 * AllowedWaste)
            _fill = Math.Min(1, _fill * 1.05);
    }

    // Estimate of the keys that are not listed yet, up to where the last segment stands.
    private double Known()
    {
        double known = 0;
        for (int i = 0; i + 1 < _segments.Count; i++)
        {
            if (!_segments[i].IsDone)
                known += Left(i);
        }
        return known;
    }

    // Keys of a segment, so that all requests that there may be have one within what is known and may be held.
    private double ShareOf(double known, double segments)
    {
        double fewest = Math.Clamp((Answered - Waste) / PagesPerFewest, FewestPages, FewestPagesOfMany);
        double pages = known / Math.Clamp(segments, 1, _options.MaxRequests) / _mostKeys;
        return Math.Max(fewest, pages) * _mostKeys;
    }

    // How many more requests may turn out to be for nothing. At the start of each segment whose predecessor is still under way
    // stands such a request; half of one on average, but a small scan is not to bear even the worst.
    private double MoreSegments(out int open)
    {
        open = 0;
        for (int i = 1; i < _segments.Count; i++)
        {
            if (_segments[i].IsStarted && !_segments[i - 1].IsDone)
                open++;
        }
        double each = Useful < SmallScan ? 1 : 0.5;
        double left = AllowedWaste - Waste - (open * each);
        return left < 1 ? 0 : left / each;
    }

    // Estimate of the keys that a segment has left: by how densely they lie where it stands, and less if they lie less densely where
    // the next one begins. (Not more: a dense stretch may begin just there.)
    private double Left(int index)
    {
        KeySegment segment = _segments[index];
        if (segment.Left >= 0 && Answered - segment.LeftMadeAt <= Math.Min(EstimateHolds, segment.LeftMadeAt / 8))
            return segment.Left;
        segment.LeftMadeAt = Answered;
        if (segment is not { Sample: { } sample, Last: { } last, Until: { } until })
            return segment.Left = double.PositiveInfinity;
        double left = _space.Keys(sample, last, until);
        int next = _segments.FindIndex(index + 1, one => one.FirstSample is not null);
        if (next >= 0 && _space.Keys(_segments[next].FirstSample!, last, until) is var right && right < left)
            left = Math.Sqrt(left * right);
        return segment.Left = left * _fill;
    }
}
