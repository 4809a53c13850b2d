using System.Text.Json;
using S3Mount.CommandLine;
using S3Mount.Fuse.Mounting;
using S3Mount.Interop;

namespace S3Mount.Control.Client;

/// <summary><c>s3mount status</c>.</summary>
internal static class StatusProgram
{
    /// <summary>An answer takes a millisecond; this is for a machine that is overloaded.</summary>
    public static readonly TimeSpan Deadline = TimeSpan.FromSeconds(2);

    /// <returns>The exit code: 1 when a mount does not answer.</returns>
    public static async Task<int> RunAsync(StatusCommand command, TextWriter output)
    {
        IReadOnlyList<MountTableEntry> mounts = command.Path is { } path ? [MountedPath.Find(path).Mount] : OwnMounts(MountTable.Read(), LibC.GetEffectiveUid());
        MountReport[] reports = await Task.WhenAll(mounts.Select(ReportAsync)).ConfigureAwait(false);
        if (command.Json)
            await output.WriteLineAsync(JsonSerializer.Serialize(reports, ControlJson.Default.MountReportArray)).ConfigureAwait(false);
        else
            await output.WriteAsync(reports.Length == 0 ? "nothing is mounted\n" : string.Join('\n', reports.Select(report => StatusText.Write(report, DateTimeOffset.UtcNow)))).ConfigureAwait(false);
        return reports.All(report => report.Status is not null) ? EntryPoint.Done : EntryPoint.Failed;
    }

    /// <summary>The user's mounts, root's view being everybody's: each once, however often it is bind-mounted.</summary>
    internal static IReadOnlyList<MountTableEntry> OwnMounts(IEnumerable<MountTableEntry> entries, uint uid) =>
    [
        .. entries
            .Where(entry => MountedPath.IsOurs(entry) && (uid == 0 || entry.UserId == uid))
            .GroupBy(entry => entry.Device)
            .Select(same => same.FirstOrDefault(entry => entry.Root == "/") ?? same.First()),
    ];

    private static async Task<MountReport> ReportAsync(MountTableEntry mount)
    {
        var client = new ControlClient(mount);
        try
        {
            MountStatus status = await client.GetAsync("/v1/status", ControlJson.Default.MountStatus, Deadline, CancellationToken.None).ConfigureAwait(false);
            return new MountReport(mount.Mountpoint, mount.Source, "running", status.Pid, null, status)
            {
                Processes = new ProcessNames(ProcessNames.AreHere(client.Pid, status.Pid)).Find((status.Readers ?? []).Select(reader => reader.Pid), _ => true),
            };
        }
        catch (ControlClientException e)
        {
            string state = e.Failure switch { ControlFailure.NoAnswer => "silent", ControlFailure.Dead => "dead", _ => "unknown" };
            return new MountReport(mount.Mountpoint, mount.Source, state, client.Pid == 0 ? null : client.Pid, e.Message, null);
        }
    }
}
