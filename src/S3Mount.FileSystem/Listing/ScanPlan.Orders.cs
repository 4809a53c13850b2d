using S3Mount.ObjectStore;

namespace S3Mount.FileSystem.Listing;

internal sealed partial class ScanPlan
{
    // Pages of a segment. One request in each is for nothing, on average half of one: three keep a scan of a hundred pages within a
    // fifth more than page after page.
    private const double FewestPages = 3;

    // How much larger than that a segment must be for it to be worth cutting.
    private const double WorthCutting = 1.6;

    // A segment that is meant to take n pages is cut a little short of them: estimates are about this wrong, and too short
    // costs a part of a page, too long a page.
    private const double CutShort = 0.2;

    // Each page asked for beyond everything known is this many times as far away as everything known is large.
    private const double Gallop = 3;

    // How many of those are on their way at once.
    private const int MostFarOrders = 2;

    // Estimates are made again when an eighth more pages have come, or this many: what is known of the keys has grown.
    private const int EstimateHolds = 32;

    // Useful pages up to which a scan must do with two requests for nothing at worst.
    private const double SmallScan = 8;

    /// <summary>Requests so far that were for nothing, parts of pages included.</summary>
    public double Waste { get; private set; }

    /// <summary>The page to ask for next; null: nothing before another has come or been taken.</summary>
    public PageOrder? TakeOrder()
    {
        if (_segments.Count == 0)
            return null;
        bool hasRoom = _bytesAhead + ((InFlight + 1) * _largestPage) <= _options.MaxBytesAhead;
        if (!hasRoom || IsSequential)
            return _segments.Find(segment => !segment.IsDone) is { IsInFlight: false } next && (hasRoom || (next == _segments[0] && next.Pages.Count == 0))
                ? Order(next)
                : null;

        double window = 0.9 * _options.MaxBytesAhead / _largestPage * _mostKeys;
        double more = MoreSegments(out int open);
        bool mayWaste = more > 0;
        double share = ShareOf(window, open + more);
        double ahead = 0;
        for (int i = 0; i < _segments.Count && ahead <= window; i++)
        {
            KeySegment segment = _segments[i];
            if (!segment.IsDone && TakeFrom(i, share, ahead, mayWaste) is { } order)
                return order;
            ahead += segment.PageKeys;
            if (!segment.IsDone && i + 1 < _segments.Count)
                ahead += Left(i);
        }
        return null;
    }

    private PageOrder? TakeFrom(int index, double share, double ahead, bool mayWaste)
    {
        KeySegment segment = _segments[index];
        bool isAwaited = index == 0 && segment.Pages.Count == 0;
        if (segment.IsInFlight)
        {
            // The new segment is the next to be looked at.
            if (mayWaste)
                Cut(index, share, ahead);
            return null;
        }
        // What comes before it is listed: its first request is for nothing no more than any other.
        bool isSure = segment.IsStarted || isAwaited || _segments[index - 1].IsDone;
        if (!isSure && !mayWaste)
            return null;
        if (!segment.IsStarted && index + 1 < _segments.Count)
            Cut(index, share, ahead);
        return Order(segment);
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

    // Cuts the segment where its share of the work ends; what is behind becomes a segment that nobody has asked for yet.
    private void Cut(int index, double share, double ahead)
    {
        KeySegment segment = _segments[index];
        if (segment.Sample is not { } sample || segment.Last is not { } last)
            return;
        bool isLast = index + 1 == _segments.Count;
        byte[]? at = !isLast
            ? CutWithin(index, sample, last, share)
            : CutBeyond(segment, sample, last, share, ahead);
        if (at is null)
            return;
        _segments.Insert(index + 1, new KeySegment(at, segment.Until, sample) { IsFar = isLast });
        segment.Until = at;
        segment.Left = -1;
    }

    private byte[]? CutWithin(int index, KeySample sample, byte[] last, double share)
    {
        KeySegment segment = _segments[index];
        double left = Left(index);
        if (!double.IsFinite(left) || left < share * WorthCutting)
            return null;
        double keys = (Math.Round(share / _mostKeys) - CutShort) * _mostKeys;
        // By the sample alone there may be more: the cut is to come as far into the segment as its share is of it.
        double all = _space.Keys(sample, last, segment.Until);
        return _space.Ahead(sample, last, keys / left * all, segment.Until) ?? _space.Ahead(sample, last, all / 2, segment.Until);
    }

    // The last segment goes on to the end of the range, and nobody knows where its keys end.
    private byte[]? CutBeyond(KeySegment segment, KeySample sample, byte[] last, double share, double ahead)
    {
        if (_segments.Count(one => one.IsFar && one.IsInFlight && !one.IsAnswered) >= MostFarOrders)
            return null;
        double known = Math.Max(_keys, ahead + _taken);
        double farthest = segment.Until is null ? double.PositiveInfinity : Left(_segments.Count - 1) / 2;
        for (double distance = Math.Min(Gallop * known, farthest); distance >= share; distance /= 4)
        {
            if (_space.Ahead(sample, last, distance, segment.Until) is { } found)
                return found;
        }
        return null;
    }

    // Keys of a segment, so that all requests that there may be have one within the window.
    private double ShareOf(double window, double segments)
    {
        double known = 0;
        for (int i = 0; i + 1 < _segments.Count && known < window; i++)
        {
            if (!_segments[i].IsDone)
                known += Left(i);
        }
        double pages = Math.Min(known, window) / Math.Clamp(segments, 1, _options.MaxRequests) / _mostKeys;
        return Math.Max(FewestPages, pages) * _mostKeys;
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
        double useful = Answered - Waste;
        bool isSmall = useful < SmallScan;
        double allowed = isSmall ? 2 : Math.Min(2 + (0.17 * useful), 18 + (0.09 * useful));
        double each = isSmall ? 1 : 0.5;
        double left = allowed - Waste - (open * each);
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
        return segment.Left = left;
    }
}
