using System.Globalization;
using S3Mount.CommandLine;
using S3Mount.Fuse.Mounting;
using S3Mount.Hosting;
using S3Mount.Hosting.Datasets;
using S3Mount.Interop;

namespace S3Mount.Control.Client;

/// <summary><c>s3mount reload</c>: returns when mounts show what their files say now.</summary>
internal static class ReloadProgram
{
    /// <summary>The daemon gives up first, and says so.</summary>
    private static readonly TimeSpan _deadline = DatasetReload.Longest + TimeSpan.FromSeconds(10);

    /// <returns>The exit code: 1 when a dataset could not be shown.</returns>
    /// <exception cref="StartupException">The path is in no mount, or no mount has datasets.</exception>
    /// <exception cref="ControlClientException">A daemon cannot be asked, or could not do it.</exception>
    public static async Task<int> RunAsync(ReloadCommand command, TextWriter output, TextWriter errors)
    {
        bool isWhole = true;
        foreach (MountTableEntry mount in command.Path is { } path ? [MountedPath.Find(path).Mount] : await WithDatasetsAsync().ConfigureAwait(false))
        {
            ReloadReport report = await new ControlClient(mount).PostAsync("/v1/reload", ControlJson.Default.ReloadReport, _deadline, CancellationToken.None).ConfigureAwait(false);
            await output.WriteAsync(Describe(mount.Mountpoint, report)).ConfigureAwait(false);
            foreach ((string name, string reason) in report.Failed)
                await errors.WriteLineAsync($"s3mount: dataset {name}: {reason}").ConfigureAwait(false);
            isWhole &= report.Failed.Count == 0;
        }
        return isWhole ? EntryPoint.Done : EntryPoint.Failed;
    }

    internal static string Describe(string mountpoint, ReloadReport report)
    {
        string[] parts = [.. Part("added", report.Added), .. Part("changed", report.Changed), .. Part("removed", report.Removed), string.Create(CultureInfo.InvariantCulture, $"{report.Unchanged} unchanged")];
        string line = $"{mountpoint}: {string.Join("; ", parts)}\n";
        return report.AtNextStart.Count == 0 ? line : $"{line}{mountpoint}: for the whole mount, from its next start on: {string.Join(", ", report.AtNextStart)}\n";
    }

    private static IEnumerable<string> Part(string what, IReadOnlyList<string> names) => names.Count == 0 ? [] : [$"{what} {string.Join(", ", names)}"];

    // A mount of one prefix has nothing to read again, and one that does not answer is none of which that is known.
    private static async Task<List<MountTableEntry>> WithDatasetsAsync()
    {
        var mounts = new List<MountTableEntry>();
        foreach (MountTableEntry mount in StatusProgram.OwnMounts(MountTable.Read(), LibC.GetEffectiveUid()))
        {
            MountStatus status = await new ControlClient(mount).GetAsync("/v1/status", ControlJson.Default.MountStatus, StatusProgram.Deadline, CancellationToken.None).ConfigureAwait(false);
            if (status.Datasets is not null)
                mounts.Add(mount);
        }
        return mounts.Count > 0 ? mounts : throw new StartupException("there is no mount with datasets; s3mount status lists the mounts that there are");
    }
}
