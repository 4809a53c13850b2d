using System.Diagnostics;

namespace S3Mount.Benchmarks.Clients;

/// <summary>A client in a process of its own, as every reader of a mount must be; it waits for each pass to be asked for.</summary>
internal sealed class ClientProcess : IAsyncDisposable
{
    // What needs longer than this for one pass is no contender; s3fs takes a minute where others take seconds.
    private static readonly TimeSpan _longestPass = TimeSpan.FromMinutes(3);

    private readonly Process _process;
    private readonly TimeSpan _deadline;
    private readonly Task<string> _errors;

    private ClientProcess(Process process, TimeSpan deadline)
    {
        _deadline = deadline;
        _process = process;
        _errors = process.StandardError.ReadToEndAsync();
    }

    public static Task<ClientProcess> StartAsync(Workload workload)
    {
        // Debian's python3, for which its torchvision is; any other one comes first in PATH on some machines.
        string[] command = workload is { Kind: WorkloadKind.Loader, IsRemote: false }
            ? ["/usr/bin/python3", Path.Combine(AppContext.BaseDirectory, "Clients", "loader.py"), workload.ToJson()]
            : ["dotnet", typeof(ClientProcess).Assembly.Location, "client", workload.ToJson()];
        return StartAsync(command, _longestPass);
    }

    /// <param name="deadline">For one pass.</param>
    public static async Task<ClientProcess> StartAsync(string[] command, TimeSpan deadline)
    {
        var start = new ProcessStartInfo(command[0], command[1..]) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true };
        var client = new ClientProcess(Process.Start(start) ?? throw new BenchException("the client did not start"), deadline);
        try
        {
            string line = await client.ReadLineAsync();
            return line == ClientProgram.Ready ? client : throw new BenchException($"the client said '{line}'");
        }
        catch
        {
            await client.DisposeAsync();
            throw;
        }
    }

    public static async Task<ClientResult> RunOnceAsync(Workload workload)
    {
        await using ClientProcess client = await StartAsync(workload);
        return await client.PassAsync();
    }

    /// <summary>One pass over what is to be read.</summary>
    public async Task<ClientResult> PassAsync()
    {
        await _process.StandardInput.WriteLineAsync("go");
        await _process.StandardInput.FlushAsync();
        return ClientResult.Parse(await ReadLineAsync());
    }

    public async ValueTask DisposeAsync()
    {
        _process.StandardInput.Close();
        using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(5));
        try
        {
            await _process.WaitForExitAsync(deadline.Token);
        }
        catch (OperationCanceledException)
        {
            _process.Kill(entireProcessTree: true);
        }
        _process.Dispose();
    }

    private async Task<string> ReadLineAsync()
    {
        using var deadline = new CancellationTokenSource(_deadline);
        try
        {
            return await _process.StandardOutput.ReadLineAsync(deadline.Token)
                ?? throw new BenchException("the client failed: " + (await _errors.WaitAsync(deadline.Token)).Trim());
        }
        catch (OperationCanceledException)
        {
            throw new BenchException($"not done after {_deadline.TotalSeconds:0} s");
        }
    }
}
