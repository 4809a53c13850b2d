namespace S3Mount.ObjectStore.S3;

/// <summary>One request under way, with a clock of its own, so that it can be ended without the one beside it.</summary>
internal sealed class Exchange(TryClock clock, Task<HttpResponseMessage> answer, long startedAt) : IDisposable
{
    public TryClock Clock => clock;

    /// <summary>The head of the answer.</summary>
    public Task<HttpResponseMessage> Answer => answer;

    public long StartedAt => startedAt;

    /// <summary>Whether its answer is one to go on with: not broken, and not of the kind that another request may do without.</summary>
    public bool HasAnswered => answer.IsCompletedSuccessfully && (int)answer.Result.StatusCode is < 500 and not (408 or 429);

    public void Dispose() => clock.Dispose();

    /// <summary>Ends it, whatever has come of it; its connection is closed, unless all of a short answer was there.</summary>
    public async Task AbandonAsync(HedgeBudget budget)
    {
        clock.Cancel();
        try
        {
            (await answer).Dispose();
        }
        catch (Exception exception) when (exception is OperationCanceledException or HttpRequestException or IOException or ObjectDisposedException)
        {
            // Nobody asks for it any more: the one beside it tells how the try went. The store itself may have been closed.
        }
        finally
        {
            clock.Dispose();
            budget.Release();
        }
    }
}
