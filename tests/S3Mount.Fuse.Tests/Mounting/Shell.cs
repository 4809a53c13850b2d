using System.Diagnostics;

namespace S3Mount.Fuse.Tests.Mounting;

/// <summary>Programs in child processes: the one that serves a mount must not touch it.</summary>
internal static class Shell
{
    private static readonly TimeSpan _deadline = TimeSpan.FromSeconds(60);

    /// <summary>Runs a line of sh; $1, $2, ... are the arguments.</summary>
    public static async Task<ShellResult> RunAsync(string line, params string[] arguments)
    {
        using Process process = Start(line, arguments);
        return await FinishAsync(process);
    }

    public static Process Start(string line, params string[] arguments)
    {
        var start = new ProcessStartInfo("/bin/sh", ["-c", line, "sh", .. arguments])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
            WorkingDirectory = "/",
        };
        start.Environment["LC_ALL"] = "C.UTF-8";
        return Process.Start(start)!;
    }

    public static async Task<ShellResult> FinishAsync(Process process)
    {
        using var deadline = new CancellationTokenSource(_deadline);
        var output = new MemoryStream();
        try
        {
            Task copy = process.StandardOutput.BaseStream.CopyToAsync(output, deadline.Token);
            string errors = await process.StandardError.ReadToEndAsync(deadline.Token);
            await copy;
            await process.WaitForExitAsync(deadline.Token);
            return new ShellResult(process.ExitCode, output.ToArray(), errors);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            throw new TimeoutException($"a child process did not end within {_deadline.TotalSeconds} s; it wrote: "
                + System.Text.Encoding.UTF8.GetString(output.ToArray()));
        }
    }
}
