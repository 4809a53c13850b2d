using System.Collections.Concurrent;
using System.Runtime.CompilerServices;

namespace S3Mount.Telemetry;

/// <summary>Counts failures by operation and error; of both there are few. Any thread.</summary>
internal sealed class FailureTally
{
    private readonly ConcurrentDictionary<(string Operation, string Error), StrongBox<long>> _counts = new();

    /// <summary>By operation and error.</summary>
    public IReadOnlyList<FailureCount> Counts =>
    [
        .. _counts
            .Select(pair => new FailureCount(pair.Key.Operation, pair.Key.Error, Interlocked.Read(ref pair.Value.Value)))
            .OrderBy(count => count.Operation, StringComparer.Ordinal)
            .ThenBy(count => count.Error, StringComparer.Ordinal),
    ];

    public void Count(string operation, string error) => Interlocked.Increment(ref _counts.GetOrAdd((operation, error), static _ => new StrongBox<long>()).Value);
}
