using S3Mount.MountTests.Stores;
using S3Mount.Testing.Processes;

namespace S3Mount.MountTests.Mounting;

/// <summary>
/// Does what systemd does by <c>systemd/s3mount@.service</c>: runs the program in the foreground, and starts it again after a while when it
/// fails or is killed, unless it says that it is used wrongly.
/// </summary>
internal sealed class Supervisor : IAsyncDisposable
{
    private static readonly TimeSpan _patience = TimeSpan.FromSeconds(120);

    private readonly string[] _arguments;
    private readonly StoreAddress _store;
    private readonly TimeSpan _pause;
    private readonly int _wrongUsage;
    private readonly CancellationTokenSource _disposed = new();
    private readonly Task _running;

    private Supervisor(string[] arguments, StoreAddress store, TimeSpan pause, int wrongUsage)
    {
        (_arguments, _store, _pause, _wrongUsage) = (arguments, store, pause, wrongUsage);
        _running = RunAsync();
    }

    /// <summary>How often it was started.</summary>
    public int Starts { get; private set; }

    /// <summary>Of the program that was started last.</summary>
    public int ProcessId { get; private set; }

    /// <summary>The exit code with which it was not started again.</summary>
    public int? LastExitCode { get; private set; }

    /// <param name="unit">Path of the unit.</param>
    /// <param name="config">In the place of the unit's file for the instance.</param>
    /// <param name="pause">Instead of the unit's RestartSec.</param>
    public static Supervisor Start(string unit, string config, StoreAddress store, TimeSpan pause)
    {
        var settings = File.ReadLines(unit).Select(line => line.Split('=', 2)).Where(parts => parts.Length == 2 && parts[0][0] != '#').ToLookup(parts => parts[0], parts => parts[1]);
        Assert.That((settings["Restart"].Single(), settings["KillMode"].Single()), Is.EqualTo(("on-failure", "mixed")), "this is what is played here");
        string[] command = [.. settings["ExecStart"].Single().Split(' ').Select(word => word == "/etc/s3mount/%i.yaml" ? config : word)];
        Assert.That(command[0], Is.EqualTo("s3mount"));
        Assert.That(command, Does.Contain(config), "the unit names the file of the instance");
        return new Supervisor(command[1..], store, pause, int.Parse(settings["RestartPreventExitStatus"].Single(), System.Globalization.CultureInfo.InvariantCulture));
    }

    /// <summary>It has ended well, or as what is not started again.</summary>
    public Task WaitAsync(TimeSpan deadline) => _running.WaitAsync(deadline);

    /// <summary>Starts it no more, and kills it.</summary>
    public async ValueTask DisposeAsync()
    {
        await _disposed.CancelAsync();
        try
        {
            await _running;
        }
        catch (OperationCanceledException)
        {
            // As was asked for.
        }
        _disposed.Dispose();
    }

    private async Task RunAsync()
    {
        while (true)
        {
            await using ChildProcess program = await ProgramUnderTest.StartAsync(_arguments, _store);
            ProcessId = program.Id;
            Starts++;
            ChildResult result = await program.WaitAsync(_patience, _disposed.Token);
            if (result.ExitCode == 0 || result.ExitCode == _wrongUsage)
            {
                LastExitCode = result.ExitCode;
                return;
            }
            await Task.Delay(_pause, _disposed.Token);
        }
    }
}
