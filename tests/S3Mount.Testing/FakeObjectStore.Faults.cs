using S3Mount.ObjectStore;

namespace S3Mount.Testing;

public sealed partial class FakeObjectStore
{
    private readonly Lock _gate = new();
    // Both guarded by _gate.
    private readonly List<(StoreOperation Operation, ObjectKey? Key, Gate Gate)> _holds = [];
    private readonly List<FaultState> _faults = [];

    /// <summary>Holds these calls from now on, before they look at the bucket; the gate says how many have come and lets them go.</summary>
    /// <param name="key">Only calls for this key or prefix; null for all.</param>
    public Gate Hold(StoreOperation operation, string? key = null)
    {
        var gate = new Gate();
        lock (_gate)
            _holds.Add((operation, key is null ? null : new ObjectKey(key), gate));
        return gate;
    }

    /// <summary>Fails calls as the fault says, counted from now.</summary>
    public void Fail(StoreFault fault)
    {
        lock (_gate)
            _faults.Add(new FaultState(fault));
    }

    /// <summary>Fails the n-th such call from now on (1 is the next).</summary>
    public void Fail(StoreOperation operation, ObjectStoreFailure failure, int number = 1, int times = 1, string? key = null) =>
        Fail(new StoreFault
        {
            Operation = operation,
            Key = key is null ? null : new ObjectKey(key),
            Skip = number - 1,
            Times = times,
            Failure = StoreFault.Of(failure),
        });

    public void ClearFaults()
    {
        lock (_gate)
            _faults.Clear();
    }

    private async ValueTask PassAsync(StoreCall call, Func<StoreCall, CancellationToken, ValueTask>? hook, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (CompletesAsynchronously)
            await Task.Yield();
        Gate[] holds;
        lock (_gate)
            holds = [.. _holds.Where(hold => hold.Operation == call.Operation && (hold.Key is null || hold.Key == call.Key)).Select(hold => hold.Gate)];
        foreach (Gate gate in holds)
            await gate.PassAsync(cancellationToken);
        if (hook is not null)
            await hook(call, cancellationToken);
        cancellationToken.ThrowIfCancellationRequested();
    }

    private StoreFault? TakeFault(StoreCall call)
    {
        lock (_gate)
        {
            foreach (FaultState state in _faults)
            {
                if (state.Takes(call))
                    return state.Fault;
            }
        }
        return null;
    }

    private void OpenGates()
    {
        Gate[] holds;
        lock (_gate)
            holds = [.. _holds.Select(hold => hold.Gate)];
        foreach (Gate gate in holds)
            gate.Open();
    }

    private sealed class FaultState(StoreFault fault)
    {
        private int _matched;

        public StoreFault Fault => fault;

        public bool Takes(StoreCall call)
        {
            if (fault.Operation != call.Operation || (fault.Key is { } key && key != call.Key))
                return false;
            _matched++;
            return _matched > fault.Skip && _matched - fault.Skip <= fault.Times;
        }
    }
}
