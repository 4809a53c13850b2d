using System.Diagnostics;

namespace S3Mount.Benchmarks.Clients;

/// <summary>A client in a process of its own, as every reader of a mount must be; it waits for each pass to be asked for.</summary>
internal sealed class ClientProcess : IAsyncDisposable
{
    private readonly Child _child;
    private readonly PassLimit _limit;

    private ClientProcess(Child child, PassLimit limit) => (_child, _limit) = (child, limit);

    public static Task<ClientProcess> StartAsync(Workload workload, PassLimit limit, CancellationToken cancellationToken)
    {
        // Debian's python3, for which its torchvision is; any other one comes first in PATH on some machines.
        string[] command = workload is { Kind: WorkloadKind.Loader, IsRemote: false }
            ? ["/usr/bin/python3", Path.Combine(AppContext.BaseDirectory, "Clients", "loader.py"), workload.ToJson()]
            : ["dotnet", typeof(ClientProcess).Assembly.Location, "client", workload.ToJson()];
        return StartAsync(command, limit, cancellationToken);
    }

    public static async Task<ClientProcess> StartAsync(string[] command, PassLimit limit, CancellationToken cancellationToken)
    {
        var client = new ClientProcess(Child.Start(command, keepsErrors: true), limit);
        try
        {
            string line = await client.ReadLineAsync(PassLimit.Longest.Time, cancellationToken) ?? throw NotDone(PassLimit.Longest.Time.TotalSeconds);
            return line == ClientProgram.Ready ? client : throw new BenchException($"the client said '{line}'");
        }
        catch
        {
            await client.DisposeAsync();
            throw;
        }
    }

    /// <summary>What is not timed.</summary>
    public static async Task<ClientResult> RunOnceAsync(Workload workload, CancellationToken cancellationToken)
    {
        await using ClientProcess client = await StartAsync(workload, PassLimit.Longest, cancellationToken);
        return await client.PassAsync(cancellationToken);
    }

    /// <summary>One pass over what is to be read; partial where it took longer than it may. Then the process may be gone.</summary>
    /// <exception cref="BenchException">It failed, or took longer where that is a failure.</exception>
    public async Task<ClientResult> PassAsync(CancellationToken cancellationToken)
    {
        long start = Stopwatch.GetTimestamp();
        await _child.WriteLineAsync("go", cancellationToken);
        ClientResult result = await ReadLineAsync(_limit.Time, cancellationToken) is { } line
            ? ClientResult.Parse(line)
            : new ClientResult(Stopwatch.GetElapsedTime(start).TotalSeconds, 0, 0, IsPartial: true);
        return result.IsPartial && _limit.IsFailure ? throw NotDone(result.Seconds) : result;
    }

    public ValueTask DisposeAsync() => _child.DisposeAsync();

    // Null, and the process killed, when it takes too long.
    private async Task<string?> ReadLineAsync(TimeSpan deadline, CancellationToken cancellationToken)
    {
        try
        {
            return await _child.ReadLineAsync(deadline, cancellationToken);
        }
        catch (TimeoutException)
        {
            _child.Kill();
            return null;
        }
        catch (OperationCanceledException)
        {
            _child.Kill();
            throw;
        }
        catch (BenchException failure)
        {
            throw new BenchException("the client: " + failure.Message);
        }
    }

    private static BenchException NotDone(double seconds) => new($"not done after {seconds:0} s");
}
