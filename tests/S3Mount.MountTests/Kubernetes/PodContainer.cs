using System.Globalization;
using S3Mount.MountTests.Mounting;
using S3Mount.Testing.Processes;

namespace S3Mount.MountTests.Kubernetes;

/// <summary>A container that runs on a <see cref="PodNode"/>.</summary>
internal sealed class PodContainer(ChildProcess process)
{
    private static readonly TimeSpan _deadline = TimeSpan.FromSeconds(30);
    private int _asked;

    public ChildProcess Process => process;

    /// <summary>What it has written to its log.</summary>
    public string Log => process.Error;

    /// <summary>Its first process, as the machine numbers it.</summary>
    public int ProcessId => int.Parse(File.ReadAllText(string.Create(CultureInfo.InvariantCulture, $"/proc/{process.Id}/task/{process.Id}/children")).Split(' ')[0], CultureInfo.InvariantCulture);

    /// <summary>Sends a signal as a runtime does, to its first process.</summary>
    public void Signal(int signal) => Assert.That(ProcessSignals.Send(ProcessId, signal), Is.True);

    /// <summary>SIGTERM; returns how it ended, within what s3mount promises.</summary>
    public async Task<ChildResult> StopAsync()
    {
        Signal(ProcessSignals.Terminate);
        return await process.WaitAsync(TimeSpan.FromSeconds(10));
    }

    /// <summary>Asks its probe until that says that it is ready.</summary>
    public async Task IsReadyAsync()
    {
        const string Begin = "metrics are served at http://";
        string log = await process.WaitForErrorAsync(" is mounted at ", _deadline);
        string address = log[(log.IndexOf(Begin, StringComparison.Ordinal) + Begin.Length)..].Split('/', '\n')[0];
        using var client = new HttpClient(new SocketsHttpHandler { UseProxy = false });
        await Eventually.IsTrueAsync(async () => (await client.GetAsync(new Uri($"http://{address}/readyz"))).IsSuccessStatusCode, _deadline, "it is ready");
    }

    /// <summary>Starts a program in it, as <c>kubectl exec</c> and hooks do.</summary>
    public Task<ChildProcess> ExecAsync(params string[] command)
    {
        string[] enter = ["--target", ProcessId.ToString(CultureInfo.InvariantCulture), "--mount", "--pid", "/usr/bin/env", "PATH=/opt/program:/usr/sbin:/usr/bin:/sbin:/bin"];
        return ChildProcess.StartAsync("nsenter", [.. enter, .. command], new ChildProcessOptions { Deadline = _deadline });
    }

    /// <summary>Of a container that runs <see cref="Asked"/>: what a line of shell prints, and its exit code in the last line.</summary>
    public async Task<string> AskAsync(string line)
    {
        string end = string.Create(CultureInfo.InvariantCulture, $"#{++_asked}.\n");
        int before = process.Output.Length;
        await process.SendLineAsync(line);
        string output = await process.WaitForOutputAsync(end, _deadline);
        return output[before..^end.Length];
    }

    /// <summary>Runs lines of shell that it is sent, and says of each how it ended.</summary>
    public static string[] Asked => ["bash", "-c", "n=0; while read -r line; do eval \"$line\" 2>&1; echo \"exit $?\"; n=$((n + 1)); echo \"#$n.\"; done"];
}
