using System.Globalization;
using S3Mount.CommandLine;

namespace S3Mount.Configuration.Reporting;

/// <summary>
/// What is in force for a mount, option by option: the value after reading, written so that reading it again gives the same. Credentials are no
/// options, and what an endpoint may not have (a user and a password) has been refused before.
/// </summary>
internal static class SettingsReport
{
    /// <summary>Of a mount that shows several datasets; in the order of the file.</summary>
    /// <param name="options">From which the settings of the mount were read.</param>
    public static IReadOnlyList<DatasetReport> OfDatasets(MountSettings settings, OptionValues options) =>
    [
        .. settings.Datasets.Zip(options.Datasets, (dataset, written) => new DatasetReport(
            dataset.Name,
            [.. MountOptions.OfDatasets.Select(option => new ReportLine(option, SettingsText.Write(option, dataset.Settings), (written.Values.Origin(option) ?? OfAll(option, options, dataset.Settings))?.Place ?? From(option, written.Values, long.MaxValue)))])),
    ];

    /// <summary>In the order of the help text, bucket and mountpoint first.</summary>
    /// <param name="options">From which the settings were read; without bucket or mountpoint, those are not known.</param>
    /// <param name="limit">Bytes that this process may use; what memory is by default is counted from it.</param>
    public static IReadOnlyList<ReportLine> Of(MountSettings settings, OptionValues options, long limit)
    {
        var lines = new List<ReportLine>();
        OptionDefinition[] ofOne = settings.Datasets.Count > 0 ? [MountOptions.Bucket, MountOptions.Prefix, MountOptions.Snapshot] : [];
        foreach (OptionDefinition option in MountOptions.Keys.Except(ofOne))
        {
            string? value = SettingsText.Write(option, settings);
            bool isUnknown = (option == MountOptions.Bucket || option == MountOptions.Mountpoint) && !options.Has(option);
            lines.Add(new ReportLine(option, isUnknown ? null : value, From(option, options, limit)));
        }
        return lines;
    }

    private static OptionOrigin? OfAll(OptionDefinition option, OptionValues options, MountSettings dataset) =>
        dataset.Snapshot is not null && (option == MountOptions.MetadataTtl || option == MountOptions.NegativeMetadataTtl) ? null : options.Origin(option);

    private static string From(OptionDefinition option, OptionValues options, long limit)
    {
        // BUCKET/PREFIX is written as one.
        if ((options.Origin(option) ?? (option == MountOptions.Prefix ? options.Origin(MountOptions.Bucket) : null)) is { } origin)
            return origin.Place;
        return option == MountOptions.Memory && limit != long.MaxValue
            ? string.Create(CultureInfo.InvariantCulture, $"default: a quarter of the {limit >> 20} MiB that this process may use, at least 128 MiB")
            : "default";
    }
}
