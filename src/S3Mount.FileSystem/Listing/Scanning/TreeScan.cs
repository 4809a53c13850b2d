using System.Runtime.ExceptionServices;
using S3Mount.ObjectStore;

namespace S3Mount.FileSystem.Listing.Scanning;

/// <summary>
/// One scan of a <see cref="TreeScanner"/>. Its range is a sequence of spans in key order, each listed page after page, many at
/// once. A span that turns out to be long is split at the directories that the store names; one that is long without any, and
/// that the consumer has come to, is left to <see cref="KeyRangeScanner"/>.
/// The first failure is thrown to the consumer at its next call. The store's own deadline ends every request.
/// Disposing cancels what is under way and waits until it has ended.
/// </summary>
internal sealed partial class TreeScan : IAsyncDisposable
{
    private readonly Lock _gate = new();
    private readonly TreeScannerOptions _options;
    private readonly ObjectKey _prefix;
    private readonly KeyRangeScanner _pageAfterPage;
    private readonly KeyRangeScanner _parallel;
    private readonly KeyRangeScanner _surveyor;
    private readonly CancellationTokenSource _stopping;
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TreeSpan _first;
    // Guarded by _gate, as is all that follows. In key order; what is before the first has been taken.
    private readonly LinkedList<TreeSpan> _spans = new();
    private TaskCompletionSource? _changed;
    private TaskCompletionSource? _roomMade;
    private ExceptionDispatchInfo? _failure;
    private long _bytesAhead;
    // Of a page.
    private int _mostKeys = 1;
    private int _running;
    // Of the spans that have come to their end lately.
    private double _keysSeen;
    private double _splitsSeen;
    private bool _isSplit;
    private bool _isStopped;

    public TreeScan(IObjectStore store, KeyRange range, TreeScannerOptions options, CancellationToken cancellationToken)
    {
        _options = options;
        _prefix = range.Prefix;
        _pageAfterPage = new KeyRangeScanner(store, new KeyRangeScannerOptions { MaxRequests = options.MaxRequests, MaxPagesAhead = 1 });
        _parallel = new KeyRangeScanner(_pageAfterPage, new KeyRangeScannerOptions { MaxRequests = options.MaxRequests, MaxBytesAhead = options.MaxBytesAhead / 2 });
        _surveyor = new KeyRangeScanner(_pageAfterPage, new KeyRangeScannerOptions { MaxRequests = options.MaxRequests, MaxBytesAhead = options.MaxBytesAhead / 2 });
        _stopping = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        _first = new TreeSpan(range.After?.Utf8.ToArray(), range.Until?.Utf8.ToArray());
        _spans.AddFirst(_first);
    }

    /// <summary>The next page; null after the last.</summary>
    /// <exception cref="ObjectStoreException"/>
    public async ValueTask<ListPage?> NextAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            cancellationToken.ThrowIfCancellationRequested();
            Task changed;
            lock (_gate)
            {
                _failure?.Throw();
                ListPage? page = TryTakePage();
                StartSpans();
                if (page is not null || _spans.Count == 0)
                    return page;
                _changed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
                changed = _changed.Task;
            }
            await changed.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    public async ValueTask DisposeAsync()
    {
        lock (_gate)
        {
            _isStopped = true;
            if (_running == 0)
                _ended.TrySetResult();
        }
        await _stopping.CancelAsync().ConfigureAwait(false);
        await _ended.Task.ConfigureAwait(false);
        _stopping.Dispose();
    }

    // Under _gate.
    private ListPage? TryTakePage()
    {
        ListPage? page = null;
        while (page is null && _spans.First is { } front)
        {
            if (front.Value.Pages.TryDequeue(out page))
                _bytesAhead -= PageSlice.SizeInBytes(page);
            else if (front.Value.IsDone)
                _spans.RemoveFirst();
            else
                break;
            // There is room for others, or another is the front and needs none.
            _roomMade?.TrySetResult();
            _roomMade = null;
        }
        return page;
    }

    // Under _gate. The consumer waits for the front: that one is listed whatever else goes on.
    private void StartSpans()
    {
        for (LinkedListNode<TreeSpan>? node = _spans.First; node is not null && !_isStopped && _failure is null; node = node.Next)
        {
            if (node.Value.IsStarted)
                continue;
            if (node != _spans.First && (_running >= _options.MaxRequests || _bytesAhead >= _options.MaxBytesAhead))
                break;
            node.Value.IsStarted = true;
            Join(node);
            _running++;
            _ = RunAsync(node);
        }
    }

    // Under _gate. Splits that turn out to lie close together are not worth a request each.
    private void Join(LinkedListNode<TreeSpan> node)
    {
        TreeSpan span = node.Value;
        double splits = _keysSeen > 0 ? (double)_options.PagesPerSpan * _mostKeys * _splitsSeen / _keysSeen : 1;
        while (node.Next is { Value: { IsStarted: false } next } && span.Splits + next.Splits <= splits)
        {
            span.Until = next.Until;
            span.Splits += next.Splits;
            _spans.Remove(node.Next);
        }
    }

    // Under _gate. What the last ten or so spans had tells of those that come next.
    private void Learn(TreeSpan span)
    {
        if (span == _first)
            return;
        _keysSeen = (0.9 * _keysSeen) + span.Keys;
        _splitsSeen = (0.9 * _splitsSeen) + span.Splits;
    }

    private async Task RunAsync(LinkedListNode<TreeSpan> node)
    {
        // Under _gate so far.
        await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
        ExceptionDispatchInfo? failure = null;
        try
        {
            await ListAsync(node).ConfigureAwait(false);
        }
        catch (Exception exception)
        {
            // Whatever it is, the consumer hears of it.
            failure = ExceptionDispatchInfo.Capture(exception);
        }
        lock (_gate)
        {
            _running--;
            node.Value.IsDone = true;
            Learn(node.Value);
            _failure ??= failure;
            StartSpans();
            _changed?.TrySetResult();
            if (_isStopped && _running == 0)
                _ended.TrySetResult();
        }
    }

    private async Task ListAsync(LinkedListNode<TreeSpan> node)
    {
        TreeSpan span = node.Value;
        int survey = span == _first ? _options.PagesBeforeFirstSurvey : _options.PagesBeforeSurvey;
        int next = survey;
        var directories = new DirectoryCounter(_prefix.Span.Length);
        bool isParallel = false;
        IAsyncEnumerator<ListPage> pages = Pages(_pageAfterPage, span.After, span.Until);
        try
        {
            while (await pages.MoveNextAsync().ConfigureAwait(false) && Take(span, pages.Current))
            {
                if (pages.Current.Objects.IsEmpty)
                    continue;
                span.Last = PageSlice.Last(pages.Current).ToArray();
                directories.Observe(pages.Current);
                if (++span.Listed == next)
                {
                    next *= 2;
                    await SurveyAsync(node, directories).ConfigureAwait(false);
                }
                await RoomAsync(node).ConfigureAwait(false);
                if (isParallel || span.Listed < 2 * survey || !IsFront(node) || !await HeedsStartAfterAsync(span.Last).ConfigureAwait(false))
                    continue;
                isParallel = true;
                await pages.DisposeAsync().ConfigureAwait(false);
                pages = Pages(_parallel, span.Last, span.Until);
            }
        }
        finally
        {
            await pages.DisposeAsync().ConfigureAwait(false);
        }
    }

    private bool IsSequential => _mustNotSplit || _pageAfterPage.IsSequential || _parallel.IsSequential || _surveyor.IsSequential;

    private IAsyncEnumerator<ListPage> Pages(KeyRangeScanner scanner, byte[]? after, byte[]? until) => scanner
        .ScanAsync(
            new KeyRange { Prefix = _prefix, After = after is null ? null : new ObjectKey(after), Until = until is null ? null : new ObjectKey(until) },
            _stopping.Token)
        .GetAsyncEnumerator(_stopping.Token);

    // False: the span ends here.
    private bool Take(TreeSpan span, ListPage page)
    {
        lock (_gate)
        {
            bool goesOn = true;
            _mostKeys = Math.Max(_mostKeys, page.Objects.Length);
            // Where the store does not list in order, a key may be in a span that has been listed.
            if (_isSplit && (_pageAfterPage.IsUnordered || _parallel.IsUnordered))
                throw new ObjectStoreException(ObjectStoreFailure.Malformed, "the keys of the listing are not in order") { Key = _prefix };
            if (span is { IsSplit: true, Until: { } until } && page.Objects.Length > 0)
            {
                goesOn = PageSlice.Last(page).SequenceCompareTo(until) < 0;
                page = PageSlice.Within(page, null, until);
            }
            if (page.Objects.Length > 0)
            {
                span.Pages.Enqueue(page);
                span.Keys += page.Objects.Length;
                _bytesAhead += PageSlice.SizeInBytes(page);
                _changed?.TrySetResult();
            }
            return goesOn;
        }
    }

    private bool IsFront(LinkedListNode<TreeSpan> node)
    {
        lock (_gate)
            return _spans.First == node;
    }

    // The consumer is waited for, unless it waits for a page of this span.
    private async Task RoomAsync(LinkedListNode<TreeSpan> node)
    {
        while (true)
        {
            Task roomMade;
            lock (_gate)
            {
                if (_bytesAhead < _options.MaxBytesAhead || (_spans.First == node && node.Value.Pages.Count == 0))
                    return;
                _roomMade ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
                roomMade = _roomMade.Task;
            }
            await roomMade.WaitAsync(_stopping.Token).ConfigureAwait(false);
        }
    }
}
