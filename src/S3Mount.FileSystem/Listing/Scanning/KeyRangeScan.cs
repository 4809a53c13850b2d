using System.Runtime.ExceptionServices;
using S3Mount.ObjectStore;

namespace S3Mount.FileSystem.Listing.Scanning;

/// <summary>
/// Carries out one <see cref="ScanPlan"/>: sends its orders, several at once, and hands its pages to one consumer. The first
/// failure of any request is thrown to the consumer at its next call. The store's own deadline ends every request.
/// Disposing cancels what is under way and waits until it has ended.
/// </summary>
internal sealed class KeyRangeScan : IAsyncDisposable
{
    private readonly Lock _gate = new();
    private readonly IObjectStore _store;
    private readonly SemaphoreSlim _requests;
    // Guarded by _gate, as is all that follows.
    private readonly ScanPlan _plan;
    private readonly CancellationTokenSource _stopping;
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private TaskCompletionSource? _changed;
    private ExceptionDispatchInfo? _failure;
    private int _running;
    private bool _isStopped;

    /// <param name="requests">One for each request that may be under way, of all scans together.</param>
    public KeyRangeScan(IObjectStore store, SemaphoreSlim requests, ScanPlan plan, CancellationToken cancellationToken)
    {
        _store = store;
        _requests = requests;
        _plan = plan;
        _stopping = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
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
                ListPage? page = _plan.TryTakePage();
                SendOrders();
                if (page is not null || _plan.IsFinished)
                    return page;
                // Nothing is under way and nothing is to be asked for: whoever waits here would wait for ever.
                if (_running == 0)
                    throw new InvalidOperationException("the scan of a range of keys has come to a standstill");
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

    // Under _gate. While other scans want the requests that there are, this one has one order out, and more as they become free.
    private void SendOrders()
    {
        while (!_isStopped && _failure is null && (_running == 0 || _requests.CurrentCount > 0) && _plan.TakeOrder() is { } order)
        {
            _running++;
            _ = RunAsync(order);
        }
    }

    private async Task RunAsync(PageOrder order)
    {
        // Under _gate so far.
        await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
        ListPage? page = null;
        ExceptionDispatchInfo? failure = null;
        try
        {
            page = await AskAsync(order.Request).ConfigureAwait(false);
        }
        catch (Exception exception)
        {
            failure = ExceptionDispatchInfo.Capture(exception);
        }
        lock (_gate)
        {
            _running--;
            try
            {
                Take(order, page, failure);
                SendOrders();
            }
            catch (Exception exception)
            {
                // Whatever it is, the consumer hears of it.
                _failure ??= ExceptionDispatchInfo.Capture(exception);
            }
            _changed?.TrySetResult();
            if (_isStopped && _running == 0)
                _ended.TrySetResult();
        }
    }

    private async ValueTask<ListPage> AskAsync(ListPageRequest request)
    {
        await _requests.WaitAsync(_stopping.Token).ConfigureAwait(false);
        try
        {
            return await _store.ListPageAsync(request, _stopping.Token).ConfigureAwait(false);
        }
        finally
        {
            _requests.Release();
        }
    }

    private void Take(PageOrder order, ListPage? page, ExceptionDispatchInfo? failure)
    {
        try
        {
            if (page is not null)
            {
                _plan.Accept(order, page);
                return;
            }
            _plan.End(order);
            // A store that knows no start-after, or not from this key: the keys to begin behind are our own invention.
            if (failure?.SourceException is ObjectStoreException { Failure: ObjectStoreFailure.Rejected } && order.Request.StartAfter is not null)
                _plan.GoOnInSequence();
            else
                _failure ??= failure;
        }
        catch (ObjectStoreException malformed)
        {
            _failure ??= ExceptionDispatchInfo.Capture(malformed);
        }
    }
}
