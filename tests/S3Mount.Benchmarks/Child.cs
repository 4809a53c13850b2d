using System.Diagnostics;
using S3Mount.Testing.Processes;

namespace S3Mount.Benchmarks;

/// <summary>
/// A program of the bench that is spoken to through its standard streams. It leads a session of its own: a Ctrl-C in the terminal
/// reaches the bench alone, which ends the others in its order. Errors go to the bench's own standard error unless they are kept.
/// </summary>
internal sealed class Child : IAsyncDisposable
{
    // For a program that has been told to end, or was killed: a reader that waits for a mount may hang until that is gone.
    private static readonly TimeSpan _endDeadline = TimeSpan.FromSeconds(5);

    private readonly Process _process;
    private readonly Task<string> _errors;

    private Child(Process process, bool keepsErrors)
    {
        _process = process;
        _errors = keepsErrors ? process.StandardError.ReadToEndAsync() : Task.FromResult("");
    }

    public int Id => _process.Id;

    public static Child Start(string[] command, bool keepsErrors)
    {
        var start = new ProcessStartInfo("setsid", command) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = keepsErrors };
        return new Child(Process.Start(start) ?? throw new BenchException($"{command[0]} did not start"), keepsErrors);
    }

    /// <summary>The next line that it says.</summary>
    /// <exception cref="BenchException">It has ended.</exception>
    /// <exception cref="TimeoutException"/>
    public async Task<string> ReadLineAsync(TimeSpan deadline, CancellationToken cancellationToken)
    {
        // Waited for from outside: a read of a pipe cannot always be cancelled.
        string? line = await _process.StandardOutput.ReadLineAsync(CancellationToken.None).AsTask().WaitAsync(deadline, cancellationToken);
        return line ?? throw new BenchException("it ended: " + (await _errors.WaitAsync(_endDeadline, cancellationToken)).Trim());
    }

    /// <exception cref="BenchException">It has ended.</exception>
    public async Task WriteLineAsync(string line, CancellationToken cancellationToken)
    {
        try
        {
            await _process.StandardInput.WriteLineAsync(line.AsMemory(), cancellationToken);
            await _process.StandardInput.FlushAsync(cancellationToken);
        }
        catch (IOException)
        {
            throw new BenchException("it ended: " + (await _errors.WaitAsync(_endDeadline, cancellationToken)).Trim());
        }
    }

    /// <summary>It and all that it has started; does not wait.</summary>
    public void Kill() => ProcessSignals.SendToGroup(_process.Id, ProcessSignals.Kill);

    /// <summary>Ends its input, which tells it to end, and kills it where it does not.</summary>
    public async ValueTask DisposeAsync()
    {
        try
        {
            _process.StandardInput.Close();
        }
        catch (IOException)
        {
            // Something was left to be said to a process that is gone.
        }
        if (!await HasEndedAsync())
        {
            Kill();
            if (!await HasEndedAsync())
                await Console.Error.WriteLineAsync($"process {_process.Id} hangs in the kernel");
        }
        _process.Dispose();
    }

    private async Task<bool> HasEndedAsync()
    {
        using var deadline = new CancellationTokenSource(_endDeadline);
        try
        {
            await _process.WaitForExitAsync(deadline.Token);
            return true;
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }
}
