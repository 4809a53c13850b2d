using S3Mount.Testing;

namespace S3Mount.ObjectStore.Tests.Wire;

/// <summary>
/// A world of one thread, in which time passes only when everything that can happen now has happened. Whatever runs in it must not
/// leave for the thread pool, sockets or the disk.
/// </summary>
internal sealed class FakeWorld : SynchronizationContext
{
    private readonly Queue<(SendOrPostCallback Callback, object? State)> _posted = new();
    private bool _hasEnded;

    /// <summary>Runs to the end, moving the clock from timer to timer.</summary>
    /// <param name="isBusy">Something has left this world and comes back to it by itself: meanwhile no time passes.</param>
    public static void Run(FakeTimeProvider time, Func<Task> body, Func<bool>? isBusy = null)
    {
        SynchronizationContext? before = Current;
        var world = new FakeWorld();
        SetSynchronizationContext(world);
        try
        {
            Task task = body();
            while (!task.IsCompleted)
            {
                if (world.TryRunNext())
                    continue;
                if (isBusy is not null && isBusy())
                    Thread.Yield();
                else if (!time.AdvanceToNextTimer())
                    throw new AssertionException("nothing is left that could happen, and the task has not completed");
            }
            task.GetAwaiter().GetResult();
        }
        finally
        {
            SetSynchronizationContext(before);
            world.End();
        }
    }

    public override void Post(SendOrPostCallback d, object? state)
    {
        lock (_posted)
        {
            if (!_hasEnded)
            {
                _posted.Enqueue((d, state));
                return;
            }
        }
        base.Post(d, state);
    }

    // What a failed test leaves under way ends in the ordinary world, so that whoever closes a store does not wait for it in vain.
    private void End()
    {
        lock (_posted)
        {
            _hasEnded = true;
            while (_posted.TryDequeue(out (SendOrPostCallback Callback, object? State) left))
                base.Post(left.Callback, left.State);
        }
    }

    private bool TryRunNext()
    {
        (SendOrPostCallback Callback, object? State) next;
        lock (_posted)
        {
            if (!_posted.TryDequeue(out next))
                return false;
        }
        next.Callback(next.State);
        return true;
    }
}
