namespace S3Mount.ObjectStore.Tests.Wire;

/// <summary>Keeps what it was told, and lets a test wait until a read has come so far.</summary>
internal sealed class ProgressLog : IReadProgress
{
    private readonly List<int> _steps = [];
    private readonly List<(int Filled, TaskCompletionSource Reached)> _waiting = [];

    public IReadOnlyList<int> Steps
    {
        get
        {
            lock (_steps)
                return [.. _steps];
        }
    }

    public int Retries { get; private set; }

    public void Retried() => Retries++;

    public void Advance(int filled)
    {
        lock (_steps)
        {
            _steps.Add(filled);
            foreach ((int wanted, TaskCompletionSource reached) in _waiting)
            {
                if (filled >= wanted)
                    reached.TrySetResult();
            }
        }
    }

    public Task WaitForAsync(int filled, CancellationToken cancellationToken)
    {
        lock (_steps)
        {
            if (_steps.Count > 0 && _steps[^1] >= filled)
                return Task.CompletedTask;
            var reached = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            _waiting.Add((filled, reached));
            return reached.Task.WaitAsync(cancellationToken);
        }
    }
}
