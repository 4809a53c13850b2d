using System.Globalization;
using S3Mount.CommandLine;

namespace S3Mount.Configuration.Reporting;

/// <summary>
/// What is in force for a mount, option by option: the value after reading, written so that reading it again gives the same. Credentials are no
/// options, and what an endpoint may not have (a user and a password) has been refused before.
/// </summary>
internal static class SettingsReport
{
    /// <summary>In the order of the help text, bucket and mountpoint first.</summary>
    /// <param name="options">From which the settings were read; without bucket or mountpoint, those are not known.</param>
    /// <param name="limit">Bytes that this process may use; what memory is by default is counted from it.</param>
    public static IReadOnlyList<ReportLine> Of(MountSettings settings, OptionValues options, long limit)
    {
        var lines = new List<ReportLine>();
        foreach (OptionDefinition option in MountOptions.Keys)
        {
            string? value = SettingsText.Write(option, settings);
            bool isUnknown = (option == MountOptions.Bucket || option == MountOptions.Mountpoint) && !options.Has(option);
            lines.Add(new ReportLine(option, isUnknown ? null : value, From(option, options, limit)));
        }
        return lines;
    }

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
