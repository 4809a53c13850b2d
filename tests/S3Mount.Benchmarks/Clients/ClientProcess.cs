using System.Diagnostics;

namespace S3Mount.Benchmarks.Clients;

/// <summary>Runs a client in a process of its own and reads what it measured.</summary>
internal static class ClientProcess
{
    // s3fs takes minutes for what takes others seconds.
    private static readonly TimeSpan _deadline = TimeSpan.FromMinutes(10);

    public static async Task<ClientResult> RunAsync(string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet") { RedirectStandardOutput = true };
        start.ArgumentList.Add(typeof(ClientProcess).Assembly.Location);
        foreach (string argument in arguments)
            start.ArgumentList.Add(argument);
        using Process process = Process.Start(start) ?? throw new InvalidOperationException("the client did not start");
        using var deadline = new CancellationTokenSource(_deadline);
        try
        {
            string output = await process.StandardOutput.ReadToEndAsync(deadline.Token);
            await process.WaitForExitAsync(deadline.Token);
            if (process.ExitCode != 0)
                throw new InvalidOperationException($"client '{string.Join(' ', arguments)}' failed: {output}");
            return ClientResult.Parse(output);
        }
        finally
        {
            if (!process.HasExited)
                process.Kill();
        }
    }
}
