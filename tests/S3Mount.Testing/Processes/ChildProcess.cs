using System.Diagnostics;

namespace S3Mount.Testing.Processes;

/// <summary>
/// A program that a test runs. It leads a session of its own, so that it can be ended with all that it has started; tests touch
/// mounts only through such children, for a process that waits for its own mount waits for ever.
/// </summary>
public sealed class ChildProcess : IAsyncDisposable
{
    // A process that SIGKILL does not end within this time hangs in the kernel.
    private static readonly TimeSpan _killDeadline = TimeSpan.FromSeconds(10);
    // Output may still be on its way when a child has ended; something it left behind may hold the pipe for ever.
    private static readonly TimeSpan _outputDeadline = TimeSpan.FromSeconds(5);

    private readonly Process _process;
    private readonly ChildOutput _output;
    private readonly ChildOutput _error;

    private ChildProcess(Process process, string command)
    {
        _process = process;
        Command = command;
        _output = new ChildOutput(process.StandardOutput.BaseStream);
        _error = new ChildOutput(process.StandardError.BaseStream);
    }

    public string Command { get; }

    public int Id => _process.Id;

    public bool HasExited => _process.HasExited;

    /// <summary>What it has said so far.</summary>
    public string Output => _output.Text;

    public string Error => _error.Text;

    /// <summary>Runs a program to its end.</summary>
    /// <exception cref="ChildProcessException">It did not end before the deadline, and was killed.</exception>
    public static async Task<ChildResult> RunAsync(string program, IEnumerable<string> arguments, ChildProcessOptions? options = null, CancellationToken cancellationToken = default)
    {
        options ??= new ChildProcessOptions();
        await using ChildProcess child = await StartAsync(program, arguments, options);
        return await child.WaitAsync(options.Deadline, cancellationToken);
    }

    /// <summary>Starts a program; disposing kills it with all that it has started.</summary>
    public static async Task<ChildProcess> StartAsync(string program, IEnumerable<string> arguments, ChildProcessOptions? options = null)
    {
        options ??= new ChildProcessOptions();
        var start = new ProcessStartInfo("setsid")
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = options.WorkingDirectory,
        };
        if (options.User is { } user)
            AddUser(start, user);
        start.ArgumentList.Add(program);
        foreach (string argument in arguments)
            start.ArgumentList.Add(argument);
        SetEnvironment(start, options);
        Process process = Process.Start(start) ?? throw new ChildProcessException($"{program} was not started.");
        var child = new ChildProcess(process, string.Join(' ', start.ArgumentList));
        if (options.Input is { } input)
            await child.SendInputAsync(input);
        return child;
    }

    /// <summary>Waits for its end.</summary>
    public async Task<ChildResult> WaitAsync(TimeSpan deadline, CancellationToken cancellationToken = default)
    {
        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        timeout.CancelAfter(deadline);
        try
        {
            await _process.WaitForExitAsync(timeout.Token);
        }
        catch (OperationCanceledException)
        {
            await KillAsync();
            cancellationToken.ThrowIfCancellationRequested();
            throw new ChildProcessException($"{Command}\nhad not ended after {deadline.TotalSeconds} s and was killed.\n{Output}{Error}");
        }
        await Task.WhenAny(Task.WhenAll(_output.Ended, _error.Ended), Task.Delay(_outputDeadline, cancellationToken));
        return new ChildResult(Command, _process.ExitCode, _output.ToArray(), Error);
    }

    /// <summary>Waits until its standard output contains a text.</summary>
    public Task<string> WaitForOutputAsync(string text, TimeSpan deadline, CancellationToken cancellationToken = default) =>
        WaitForAsync(_output, text, deadline, cancellationToken);

    /// <summary>Waits until its standard error contains a text.</summary>
    public Task<string> WaitForErrorAsync(string text, TimeSpan deadline, CancellationToken cancellationToken = default) =>
        WaitForAsync(_error, text, deadline, cancellationToken);

    /// <summary>Sends a signal to the program alone.</summary>
    public bool Signal(int signal) => ProcessSignals.Send(Id, signal);

    /// <summary>Writes a line to its standard input, which <see cref="ChildProcessOptions.Input"/> must have left open.</summary>
    public async Task SendLineAsync(string line)
    {
        await _process.StandardInput.WriteAsync(line + "\n");
        await _process.StandardInput.FlushAsync();
    }

    /// <summary>Ends its standard input.</summary>
    public void CloseInput() => _process.StandardInput.Close();

    /// <summary>Kills it with all that it has started, and waits until it is gone.</summary>
    public async Task KillAsync()
    {
        ProcessSignals.SendToGroup(Id, ProcessSignals.Kill);
        // It may not lead a group yet.
        if (!_process.HasExited)
            ProcessSignals.Send(Id, ProcessSignals.Kill);
        using var timeout = new CancellationTokenSource(_killDeadline);
        try
        {
            await _process.WaitForExitAsync(timeout.Token);
        }
        catch (OperationCanceledException)
        {
            throw new ChildProcessException($"{Command}\ncannot be killed: process {Id} hangs in the kernel.\n{Output}{Error}");
        }
    }

    public async ValueTask DisposeAsync()
    {
        // The group may outlive its leader.
        await KillAsync();
        _process.Dispose();
    }

    private static void AddUser(ProcessStartInfo start, string user)
    {
        // passwd(5): the name's own group is its fourth field.
        string? group = File.ReadLines("/etc/passwd").Select(line => line.Split(':')).FirstOrDefault(fields => fields[0] == user)?[3];
        foreach (string argument in (string[])["setpriv", $"--reuid={user}", $"--regid={group ?? user}", group is null ? "--clear-groups" : "--init-groups", "--"])
            start.ArgumentList.Add(argument);
    }

    private static void SetEnvironment(ProcessStartInfo start, ChildProcessOptions options)
    {
        foreach (string name in start.Environment.Keys.ToArray())
        {
            if (name.StartsWith("AWS_", StringComparison.Ordinal) || name.EndsWith("_proxy", StringComparison.OrdinalIgnoreCase))
                start.Environment.Remove(name);
        }
        foreach ((string name, string? value) in options.Environment)
        {
            if (value is null)
                start.Environment.Remove(name);
            else
                start.Environment[name] = value;
        }
    }

    private async Task SendInputAsync(string input)
    {
        try
        {
            await _process.StandardInput.WriteAsync(input);
            _process.StandardInput.Close();
        }
        catch (IOException)
        {
            // It does not want its input; its exit code tells whether that is well.
        }
    }

    private async Task<string> WaitForAsync(ChildOutput output, string text, TimeSpan deadline, CancellationToken cancellationToken)
    {
        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        timeout.CancelAfter(deadline);
        try
        {
            return await output.WaitForAsync(all => all.Contains(text, StringComparison.Ordinal), timeout.Token)
                ?? throw new ChildProcessException($"{Command}\nended before it said '{text}'.\n{Output}{Error}");
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new ChildProcessException($"{Command}\nhad not said '{text}' after {deadline.TotalSeconds} s.\n{Output}{Error}");
        }
    }
}
