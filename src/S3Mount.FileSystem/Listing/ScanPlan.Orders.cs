using S3Mount.ObjectStore;

namespace S3Mount.FileSystem.Listing;

internal sealed partial class ScanPlan
{
    // Pages of a segment. One request in each is for nothing, on average half of one: three keep a scan of a hundred pages within a
    // fifth more than page after page; from twelve on there is little more to save.
    private const double FewestPages = 3;
    private const double MostPages = 12;

    // How much larger than that a segment must be for it to be worth cutting.
    private const double WorthCutting = 1.6;

    // A segment that is meant to take n pages is cut a little short of them: estimates are about this wrong, and too short
    // costs a part of a page, too long a page.
    private const double CutShort = 0.2;

    // Each page asked for beyond everything known is this many times as far away as everything known is large.
    private const double Gallop = 3;

    // How many of those are on their way at once.
    private const int MostFarOrders = 2;

    // Estimates are made again after this many pages: what is known of the keys has grown.
    private const int EstimateHolds = 32;

    // Requests so far that were for nothing, parts of pages included.
    private double _waste;

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
        double share = ShareOf(window);
        bool mayWaste = MayWaste();
        double ahead = 0;
        for (int i = 0; i < _segments.Count && ahead <= window; i++)
        {
            KeySegment segment = _segments[i];
            if (!segment.IsDone && TakeFrom(i, share, ahead, mayWaste) is { } order)
                return order;
            ahead += segment.PageKeys;
            if (!segment.IsDone && i + 1 < _segments.Count)
                ahead += Left(segment);
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
            ? CutWithin(segment, sample, last, share)
            : CutBeyond(segment, sample, last, share, ahead);
        if (at is null)
            return;
        _segments.Insert(index + 1, new KeySegment(at, segment.Until, sample) { IsFar = isLast });
        segment.Until = at;
        segment.Left = -1;
    }

    private byte[]? CutWithin(KeySegment segment, KeySample sample, byte[] last, double share)
    {
        double left = Left(segment);
        if (!double.IsFinite(left) || left < share * WorthCutting)
            return null;
        double pages = Math.Round(share / _mostKeys) - CutShort;
        return _space.Ahead(sample, last, pages * _mostKeys, segment.Until)
            ?? _space.Ahead(sample, last, left / 2, segment.Until);
    }

    // The last segment goes on to the end of the range, and nobody knows where its keys end.
    private byte[]? CutBeyond(KeySegment segment, KeySample sample, byte[] last, double share, double ahead)
    {
        if (_segments.Count(one => one.IsFar && one.IsInFlight && !one.IsAnswered) >= MostFarOrders)
            return null;
        double known = Math.Max(_keys, ahead + _taken);
        double farthest = segment.Until is null ? double.PositiveInfinity : Left(segment) / 2;
        for (double distance = Math.Min(Gallop * known, farthest); distance >= share; distance /= 4)
        {
            if (_space.Ahead(sample, last, distance, segment.Until) is { } found)
                return found;
        }
        return null;
    }

    // Pages of a segment, so that all requests have one within the window.
    private double ShareOf(double window)
    {
        double known = 0;
        for (int i = 0; i + 1 < _segments.Count && known < window; i++)
        {
            if (!_segments[i].IsDone)
                known += Left(_segments[i]);
        }
        double pages = Math.Min(known, window) / _options.MaxRequests / _mostKeys;
        return Math.Clamp(pages, FewestPages, MostPages) * _mostKeys;
    }

    // Whether one more request may turn out to be for nothing. At the start of each segment whose predecessor is still under
    // way stands such a request; half of one on average, but a small scan is not to bear even the worst.
    private bool MayWaste()
    {
        int open = 0;
        for (int i = 1; i < _segments.Count; i++)
        {
            if (_segments[i].IsStarted && !_segments[i - 1].IsDone)
                open++;
        }
        double useful = Answered - _waste;
        double allowed = Math.Min(2 + (0.17 * useful), 18 + (0.09 * useful));
        return _waste + (open * (useful < 8 ? 1 : 0.5)) + 1 <= allowed;
    }

    private double Left(KeySegment segment)
    {
        if (segment.Left >= 0 && Answered - segment.LeftMadeAt < EstimateHolds)
            return segment.Left;
        segment.LeftMadeAt = Answered;
        segment.Left = segment is { Sample: { } sample, Last: { } last, Until: { } until } ? _space.Keys(sample, last, until) : double.PositiveInfinity;
        return segment.Left;
    }
}
