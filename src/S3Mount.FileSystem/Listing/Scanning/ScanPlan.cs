using S3Mount.ObjectStore;

namespace S3Mount.FileSystem.Listing.Scanning;

/// <summary>
/// What a scan asks for next, and what has come of it: the segments into which the range behind its first page is split, in
/// key order. It starts no request and knows no thread: whoever owns it takes orders, brings the answers, and takes the pages
/// that are next. Not synchronised.
/// <para>
/// Segments are carved off at the front, each of a few pages, so that what is ahead of the consumer stays within its bound.
/// How far the range goes is found out by pages asked for ever farther away.
/// </para>
/// </summary>
internal sealed partial class ScanPlan
{
    private readonly KeyRange _range;
    private readonly byte[]? _until;
    private readonly KeyRangeScannerOptions _options;
    private readonly KeySpace _space;
    // In key order. What is before the first has been taken.
    private readonly List<KeySegment> _segments = [];
    private long _bytesAhead;
    // Of a page: bytes, and keys.
    private long _largestPage;
    private int _mostKeys;
    private long _keys;
    private long _taken;

    /// <param name="range">As it was asked for.</param>
    /// <param name="until">Where it ends; null: with the prefix.</param>
    /// <param name="first">Its first page, which has a key and is truncated and in order.</param>
    public ScanPlan(KeyRange range, byte[]? until, ListPage first, KeyRangeScannerOptions options)
    {
        _range = range;
        _until = until;
        _options = options;
        _space = new KeySpace(range.Prefix, range.Delimiter);
        var segment = new KeySegment(PageSlice.Last(first).ToArray(), until, null)
        {
            Token = first.NextContinuationToken,
            IsStarted = true,
            IsAnswered = true,
        };
        segment.Walked = segment.Last;
        _segments.Add(segment);
        _keys = _taken = PageSlice.Count(first);
        Measure(segment, first);
        Answered = 1;
    }

    /// <summary>The store does not list from a key on as it should: only one page after another is asked for.</summary>
    public bool IsSequential { get; private set; }

    /// <summary>Orders whose answers have not come.</summary>
    public int InFlight { get; private set; }

    /// <summary>Pages that have come, the first included.</summary>
    public int Answered { get; private set; }

    /// <summary>Everything has been listed and taken.</summary>
    public bool IsFinished => _segments.Count == 0;

    /// <summary>Bytes of pages that have come and have not been taken.</summary>
    public long BytesAhead => _bytesAhead;

    /// <summary>The next page in key order, if it has come.</summary>
    public ListPage? TryTakePage()
    {
        while (_segments.Count > 0)
        {
            KeySegment front = _segments[0];
            if (front.Pages.TryDequeue(out ListPage? page))
            {
                _bytesAhead -= PageSlice.SizeInBytes(page);
                front.PageKeys -= PageSlice.Count(page);
                _taken += PageSlice.Count(page);
                return page;
            }
            if (!front.IsDone)
                return null;
            _segments.RemoveAt(0);
        }
        return null;
    }

    /// <summary>The answer to an order.</summary>
    /// <exception cref="ObjectStoreException">The keys are not in order, or the listing would not come to an end.</exception>
    public void Accept(PageOrder order, ListPage page)
    {
        KeySegment segment = order.Segment;
        End(order);
        if (segment.IsDropped)
            return;
        Answered++;
        if (page.NextContinuationToken is { } token && token == order.Request.ContinuationToken)
            throw Malformed("the listing repeats its continuation token");
        CheckGoesOn(segment, page);
        if (PageSlice.Count(page) == 0)
            Waste += page.IsTruncated ? 0 : 1;
        else if (!Add(order, page))
            return;
        if (segment is { IsFar: true, IsAnswered: false })
            Learn(segment, PageSlice.Count(page) == 0);
        segment.IsAnswered = true;
        segment.Token = page.NextContinuationToken;
        segment.IsDone |= segment.Token is null;
        segment.Left = -1;
        if (segment.IsDone)
            Learn(segment);
        Trust();
        int index = _segments.IndexOf(segment);
        // Nothing is left behind a page that is not truncated. Segments that have been started will find that out.
        while (segment.Token is null && !segment.IsDropped && index + 1 < _segments.Count && !_segments[index + 1].IsStarted)
            _segments.RemoveAt(index + 1);
        if (segment.IsDone && segment.Pages.Count == 0)
            _segments.RemoveAt(index);
    }

    /// <summary>The order came to nothing: its request has failed.</summary>
    public void End(PageOrder order)
    {
        order.Segment.IsInFlight = false;
        InFlight--;
    }

    /// <summary>
    /// The store does not heed start-after: the first segment takes over everything, by the tokens that it has, or from the
    /// beginning, without what has been listed.
    /// </summary>
    public void GoOnInSequence()
    {
        IsSequential = true;
        KeySegment front = _segments[0];
        foreach (KeySegment segment in _segments.Skip(1))
            Drop(segment);
        _segments.RemoveRange(1, _segments.Count - 1);
        if (front.IsAnswered && !front.IsDone)
        {
            front.Until = _until;
            return;
        }
        if (!front.IsDone)
        {
            Drop(front);
            _segments.Clear();
            _segments.Add(new KeySegment(front.Last, _until, null));
        }
        else if (front.Until is not null && front.Until != _until)
        {
            _segments.Add(new KeySegment(front.Until, _until, null));
        }
    }

    // Whatever goes back is out of order. What stays where it is, under ever new tokens, is not.
    private void CheckGoesOn(KeySegment segment, ListPage page)
    {
        bool goesOn = PageSlice.Count(page) > 0 && (segment.Walked is not { } walked || PageSlice.Last(page).SequenceCompareTo(walked) > 0);
        segment.PagesInVain = goesOn ? 0 : segment.PagesInVain + 1;
        if (segment.PagesInVain > LoopCheck.MaxPagesInVain)
            throw Malformed($"the listing does not go on: {LoopCheck.MaxPagesInVain} pages have come without another key");
    }

    // False: the page is not of this range at all.
    private bool Add(PageOrder order, ListPage page)
    {
        KeySegment segment = order.Segment;
        ReadOnlySpan<byte> first = PageSlice.First(page);
        if (order.Request.StartAfter is { } startAfter && first.SequenceCompareTo(startAfter.Span) <= 0)
        {
            GoOnInSequence();
            return false;
        }
        bool goesOn = order.Request.ContinuationToken is not null;
        if (!PageSlice.IsOrdered(page) || (goesOn && segment.Walked is { } walked && first.SequenceCompareTo(walked) < 0))
        {
            IsSequential = true;
            throw Malformed("the keys of the listing are not in order");
        }
        byte[] last = PageSlice.Last(page).ToArray();
        Absorb(segment, last);
        ListPage part = PageSlice.Within(page, segment.Last, segment.Until);
        int count = PageSlice.Count(part);
        Waste += 1 - ((double)count / (page.IsTruncated ? PageSlice.Count(page) : Math.Max(_mostKeys, count)));
        _keys += count;
        segment.Found += count;
        if (count > 0)
        {
            segment.Pages.Enqueue(part);
            segment.PageKeys += count;
            _bytesAhead += PageSlice.SizeInBytes(part);
        }
        Measure(segment, page);
        segment.Walked = last;
        if (segment.Last is null || last.AsSpan().SequenceCompareTo(segment.Last) > 0)
            segment.Last = last;
        segment.IsDone = segment.Until is { } until && last.AsSpan().SequenceCompareTo(until) >= 0;
        return true;
    }

    // A page that goes beyond its segment belongs to the next ones too, as long as nobody has asked for theirs.
    private void Absorb(KeySegment segment, byte[] last)
    {
        int next = _segments.IndexOf(segment) + 1;
        while (segment.Until is { } until && next < _segments.Count && !_segments[next].IsStarted && last.AsSpan().SequenceCompareTo(until) > 0)
        {
            segment.Until = _segments[next].Until;
            segment.Expected = 0;
            _segments.RemoveAt(next);
        }
    }

    // Learns what keys look like, and how densely they lie: over the last pages of the segment while they agree, else over as
    // much of this one as agrees with its end.
    private void Measure(KeySegment segment, ListPage page)
    {
        int count = PageSlice.Count(page);
        _largestPage = Math.Max(_largestPage, PageSlice.SizeInBytes(page));
        _mostKeys = Math.Max(_mostKeys, count);
        _space.Observe(page);
        if (count < 2)
            return;
        byte[] first = PageSlice.First(page).ToArray(), middle = PageSlice.Middle(page).ToArray(), last = PageSlice.Last(page).ToArray();
        var sample = new KeySample(middle, last, count / 2);
        if (IsAlike(_space.Keys(sample, first, middle), count / 2))
        {
            sample = new KeySample(first, last, count - 1);
            if (segment is { IsAnswered: true, Sample: { } before } && IsAlike(_space.Keys(before, first, last), count))
                sample = new KeySample(before.From, last, before.Keys + count);
        }
        segment.Sample = sample;
        segment.FirstSample ??= sample;
    }

    // A quarter: three times what chance makes of half a page.
    private static bool IsAlike(double estimate, long keys) => estimate > keys * 0.75 && estimate < keys * 1.25;

    private void Drop(KeySegment segment)
    {
        segment.IsDropped = true;
        foreach (ListPage page in segment.Pages)
            _bytesAhead -= PageSlice.SizeInBytes(page);
        segment.Pages.Clear();
    }

    private ObjectStoreException Malformed(string message) => new(ObjectStoreFailure.Malformed, message) { Key = _range.Prefix };
}
