using Microsoft.Extensions.Logging;
using S3Mount.CommandLine;
using S3Mount.Configuration;
using S3Mount.Configuration.Layers;
using S3Mount.Configuration.Reporting;
using S3Mount.Control;
using S3Mount.Hosting.Services;

namespace S3Mount.Hosting.Datasets;

/// <summary>Reads the file of a mount again and shows what it says now, on SIGHUP and for <c>s3mount reload</c>. Any thread; one after the other.</summary>
/// <param name="settings">With which the mount began.</param>
/// <param name="options">From which they were read; its paths do not depend on the working directory.</param>
internal sealed class DatasetReload(MountSettings settings, OptionValues options, MountedDatasets datasets, ServiceNotifier notifier, ILogger logger)
{
    /// <summary>Sixteen stores are opened at a time, in half a minute at most: 256 in eight minutes. Those that go take a quarter of one, all at once.</summary>
    public static readonly TimeSpan Longest = TimeSpan.FromMinutes(10);

    /// <exception cref="UsageException">The file is wrong: nothing has changed.</exception>
    /// <exception cref="OperationCanceledException"/>
    public async Task<ReloadReport> RunAsync(CancellationToken cancellationToken)
    {
        notifier.Reloading();
        try
        {
            MountSettings wanted = Read();
            ReloadReport report = await datasets.ChangeAsync(wanted.Datasets, cancellationToken).ConfigureAwait(false);
            report = report with { AtNextStart = Others(wanted) };
            Tell(report);
            return report;
        }
        catch (UsageException e)
        {
            logger.NotReloaded(e.Message);
            throw;
        }
        finally
        {
            notifier.Ready($"{settings.Url} is mounted at {settings.Mountpoint}");
        }
    }

    private MountSettings Read()
    {
        string file = settings.ConfigurationFile!;
        OptionValues anew = options.WithFile(ConfigurationFile.Read(file, options.Spelling(MountOptions.Config)));
        if (anew.Datasets.Count == 0)
            throw new UsageException($"{file} has no {MountOptions.Datasets} any more; to end the mount write s3mount umount {settings.Mountpoint}");
        return SettingsReader.Read(new MountCommand("", settings.Mountpoint, anew), Machine.Current);
    }

    private string[] Others(MountSettings wanted) =>
    [
        .. MountOptions.Keys.Except([.. MountOptions.OfDatasets, MountOptions.Mountpoint])
            .Where(option => SettingsText.Write(option, wanted) != SettingsText.Write(option, settings))
            .Select(option => option.Name),
    ];

    private void Tell(ReloadReport report)
    {
        logger.Reloaded(Names(report.Added), Names(report.Removed), Names(report.Changed), report.Unchanged);
        foreach ((string name, string reason) in report.Failed)
            logger.DatasetNotShown(name, reason);
        if (report.AtNextStart.Count > 0)
            logger.ReloadAtNextStart(Names(report.AtNextStart));
    }

    private static string Names(IReadOnlyList<string> names) => names.Count == 0 ? "none" : string.Join(", ", names);
}
