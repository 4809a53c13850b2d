using S3Mount.Testing;

namespace S3Mount.FileSystem.Tests.Listing.Scanning;

/// <summary>
/// Answers in rounds, all requests that have gathered at once: so a scan asks as it does of a store that is far away. When no
/// more come is guessed by the thread pool; a wrong guess makes a round more.
/// </summary>
internal sealed class RoundStore : IAsyncDisposable
{
    private readonly Gate _gate = new();
    private readonly CancellationTokenSource _stopping = new();
    private readonly Task _rounds;

    public RoundStore(SortedKeys keys)
    {
        Listing = new ListingStore(async (request, token) =>
        {
            await _gate.PassAsync(token);
            return keys.List(request);
        });
        _rounds = Task.Run(AnswerAsync);
    }

    public ListingStore Listing { get; }

    public int Rounds { get; private set; }

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        await _rounds;
        _gate.Dispose();
        _stopping.Dispose();
    }

    private async Task AnswerAsync()
    {
        while (!_stopping.IsCancellationRequested)
        {
            int arrivals = _gate.Arrivals;
            for (int calm = 0; calm < 64; calm++)
            {
                await Task.Yield();
                if (_gate.Arrivals != arrivals || ThreadPool.PendingWorkItemCount > 0)
                    (calm, arrivals) = (0, _gate.Arrivals);
                if (_stopping.IsCancellationRequested)
                    return;
            }
            if (_gate.Waiting is > 0 and int waiting)
            {
                _gate.Release(waiting);
                Rounds++;
            }
        }
    }
}
