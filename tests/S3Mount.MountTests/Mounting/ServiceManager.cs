using System.Globalization;
using System.Text.Json;
using S3Mount.MountTests.Stores;
using S3Mount.Testing;
using S3Mount.Testing.Processes;

namespace S3Mount.MountTests.Mounting;

/// <summary>Plays systemd for one service: its notifications, its descriptor store, its watchdog, restarts and stops.</summary>
internal sealed class ServiceManager : IAsyncDisposable
{
    public const string Unit = "s3mount@dataset.service";

    private static readonly TimeSpan _patience = TimeSpan.FromSeconds(30);

    private readonly ChildProcess _process;
    private readonly string _mountpoint;

    private ServiceManager(ChildProcess process, string mountpoint) => (_process, _mountpoint) = (process, mountpoint);

    /// <summary>What has happened so far, in order.</summary>
    public string[] Events => _process.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries);

    /// <summary>Of the service, all of its processes.</summary>
    public string Log => _process.Error;

    /// <summary>How often it was started.</summary>
    public int Starts => Events.Count(line => line.StartsWith("started ", StringComparison.Ordinal));

    /// <summary>Its last process.</summary>
    public int ProcessId => int.Parse(Events.Last(line => line.StartsWith("started ", StringComparison.Ordinal)).Split(' ')[1], CultureInfo.InvariantCulture);

    /// <param name="directory">For its files.</param>
    public static async Task<ServiceManager> StartAsync(TempDirectory directory, string mountpoint, StoreAddress store, TimeSpan watchdog, params string[] arguments)
    {
        string script = Path.Combine(AppContext.BaseDirectory, "clients", "service_manager.py");
        ChildProcess process = await ChildProcess.StartAsync(
            "/usr/bin/python3",
            [script, directory.Path, Unit, watchdog.TotalSeconds.ToString(CultureInfo.InvariantCulture), ProgramUnderTest.Path, .. arguments],
            new ChildProcessOptions { Deadline = TimeSpan.FromSeconds(170), Environment = store.Environment, Input = null });
        var manager = new ServiceManager(process, mountpoint);
        await manager.IsReadyAsync(1);
        return manager;
    }

    /// <summary>As <c>systemctl restart</c>: returns when the next process is ready.</summary>
    public Task RestartAsync() => BeginAsync("restart");

    /// <summary>A crash, after which it is started again: returns when the next process is ready.</summary>
    public Task KillAsync() => BeginAsync("kill");

    /// <summary>With other arguments from the next start on.</summary>
    public Task ChangeArgumentsAsync(params string[] arguments) => _process.SendLineAsync("arguments " + JsonSerializer.Serialize(arguments));

    /// <summary>There is no systemctl any more.</summary>
    public Task HideAsync() => _process.SendLineAsync("hide");

    /// <summary>From the next start on the service is not told what its unit is called.</summary>
    public Task LeaveUnnamedAsync() => _process.SendLineAsync("unnamed");

    /// <summary>A line of shell that is run between this process and the next.</summary>
    public Task RunBeforeNextAsync(string line) => _process.SendLineAsync("before " + line);

    public Task IsReadyAsync(int times) => Eventually.IsTrueAsync(
        () => _process.HasExited ? throw new AssertionException($"the service has ended\n{Log}") : Events.Count(line => line == "ready") >= times, _patience, $"ready for the {times}. time\n{Log}");

    /// <summary>As <c>systemctl stop</c>: returns when it has ended well, and the descriptors that were stored are closed.</summary>
    public async Task StopAsync()
    {
        await _process.SendLineAsync("stop");
        (await _process.WaitAsync(_patience)).EnsureSuccess();
    }

    public async ValueTask DisposeAsync()
    {
        await _process.DisposeAsync();
        for (int i = 0; i < 4 && MountedPaths.Contains(_mountpoint); i++)
            await ChildProcess.RunAsync("umount", ["-l", _mountpoint]);
    }

    private async Task BeginAsync(string command)
    {
        int ready = Events.Count(line => line == "ready");
        await _process.SendLineAsync(command);
        await IsReadyAsync(ready + 1);
    }
}
