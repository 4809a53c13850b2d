namespace S3Mount.ObjectStore.S3;

/// <summary>
/// Sends the request of a try, and another one beside it when its answer takes longer than answers take: the first head that comes
/// wins, the others are ended. Only heads race: no byte of a body is taken before there is but one answer. Any thread.
/// </summary>
internal sealed class HedgedSender(S3Sender sender, HedgeBudget budget, StoreCounters counters, TimeProvider timeProvider)
{
    // Where one request in a hundred stalls, one in 10,000 has stalled twice, and one in a million three times.
    private const int MostAtOnce = 3;

    // Beyond it the requests have given themselves up.
    private static readonly TimeSpan _longestWait = TimeSpan.FromMinutes(1);

    /// <summary>Completes when a head has come, or when no better one will.</summary>
    /// <param name="newClock">The clock of each request.</param>
    public async ValueTask<Exchange> SendAsync(S3Operation operation, S3Failure context, TimeSpan hedgeAfter, Func<TryClock> newClock)
    {
        budget.Earn();
        Exchange first = Begin(operation, context, newClock());
        if (first.Answer.IsCompleted || await EndsWithinAsync(first.Answer, hedgeAfter))
            return first;
        return await RaceAsync(operation, context, first, hedgeAfter, newClock);
    }

    private async Task<Exchange> RaceAsync(S3Operation operation, S3Failure context, Exchange first, TimeSpan wait, Func<TryClock> newClock)
    {
        var running = new List<Exchange>(MostAtOnce) { first };
        int begun = 1;
        for (bool isSilent = true; ;)
        {
            if (isSilent && begun < MostAtOnce && budget.TryTake())
            {
                begun++;
                counters.CountHedge(operation.Kind);
                running.Add(Begin(operation, context, newClock()));
            }
            // Twice as long each time: where the second does not help either, a third one is worth less.
            wait *= 2;
            Task<Task<HttpResponseMessage>> any = Task.WhenAny(running.Select(exchange => exchange.Answer));
            isSilent = begun < MostAtOnce && wait < _longestWait && !await EndsWithinAsync(any, wait);
            if (isSilent)
                continue;
            await any;
            Exchange ended = running.Find(exchange => exchange.Answer.IsCompleted)!;
            running.Remove(ended);
            if (running.Count > 0 && !ended.HasAnswered)
            {
                _ = ended.AbandonAsync(budget);
                continue;
            }
            if (ended != first)
                counters.CountHedgeWon();
            foreach (Exchange loser in running)
                _ = loser.AbandonAsync(budget);
            return ended;
        }
    }

    private Exchange Begin(S3Operation operation, S3Failure context, TryClock clock)
    {
        long startedAt = timeProvider.GetTimestamp();
        return new Exchange(clock, sender.SendAsync(operation, context.Endpoint, context.Credentials, clock.Token), startedAt);
    }

    private async ValueTask<bool> EndsWithinAsync(Task task, TimeSpan wait)
    {
        await task.WaitAsync(wait, timeProvider).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
        return task.IsCompleted;
    }
}
