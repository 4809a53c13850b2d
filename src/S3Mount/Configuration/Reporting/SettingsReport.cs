using System.Globalization;
using Microsoft.Extensions.Logging;
using S3Mount.CommandLine;

namespace S3Mount.Configuration.Reporting;

/// <summary>
/// What is in force for a mount, option by option: the value after reading, written so that reading it again gives the same. Credentials are no
/// options, and what an endpoint may not have (a user and a password) has been refused before.
/// </summary>
internal static class SettingsReport
{
    private static readonly Dictionary<OptionDefinition, Func<MountSettings, string?>> _values = new()
    {
        [MountOptions.Bucket] = settings => settings.Bucket,
        [MountOptions.Mountpoint] = settings => settings.Mountpoint,
        [MountOptions.Prefix] = settings => settings.Prefix.Length > 0 ? settings.Prefix : null,
        [MountOptions.Region] = settings => settings.Region,
        [MountOptions.EndpointUrl] = settings => settings.EndpointUrl,
        [MountOptions.Profile] = settings => settings.Profile,
        [MountOptions.NoSignRequest] = settings => Flag(settings.NoSignRequest),
        [MountOptions.RequesterPays] = settings => Flag(settings.RequesterPays),
        [MountOptions.ForcePathStyle] = settings => Flag(settings.ForcePathStyle),
        [MountOptions.CaBundle] = settings => settings.CaBundle,
        [MountOptions.MaxConnections] = settings => settings.MaxConnections.ToString(CultureInfo.InvariantCulture),
        [MountOptions.IoDeadline] = settings => DurationText.Write(settings.IoDeadline),
        [MountOptions.MetadataTtl] = settings => settings.Snapshot is null ? DurationText.Write(settings.MetadataTtl) : null,
        [MountOptions.NegativeMetadataTtl] = settings => settings.Snapshot is null ? DurationText.Write(settings.NegativeMetadataTtl) : null,
        [MountOptions.Snapshot] = settings => settings.Snapshot,
        [MountOptions.Cache] = settings => settings.Cache,
        [MountOptions.MaxCacheSize] = settings => settings.MaxCacheSize is { } size ? SizeText.Write(size) : null,
        [MountOptions.Hydrate] = settings => Flag(settings.Hydrate),
        [MountOptions.Memory] = settings => SizeText.Write(settings.Memory),
        [MountOptions.AllowOther] = settings => Flag(settings.AllowOther),
        [MountOptions.AllowRoot] = settings => Flag(settings.AllowRoot),
        [MountOptions.Uid] = settings => settings.Uid.ToString(CultureInfo.InvariantCulture),
        [MountOptions.Gid] = settings => settings.Gid.ToString(CultureInfo.InvariantCulture),
        [MountOptions.FileMode] = settings => ModeText.Write(settings.FileMode),
        [MountOptions.DirMode] = settings => ModeText.Write(settings.DirMode),
        [MountOptions.Foreground] = settings => Flag(settings.Foreground),
        [MountOptions.LogLevel] = settings => settings.LogLevel == LogLevel.Information ? "info" : settings.LogLevel.ToString().ToLowerInvariant(),
        [MountOptions.LogFile] = settings => settings.LogFile,
    };

    /// <summary>In the order of the help text, bucket and mountpoint first. What has no row above is shown as it was written.</summary>
    /// <param name="options">From which the settings were read; without bucket or mountpoint, those are not known.</param>
    /// <param name="limit">Bytes that this process may use; what memory is by default is counted from it.</param>
    public static IReadOnlyList<ReportLine> Of(MountSettings settings, OptionValues options, long limit)
    {
        var lines = new List<ReportLine>();
        foreach (OptionDefinition option in MountOptions.Keys)
        {
            string? value = _values.TryGetValue(option, out Func<MountSettings, string?>? write) ? write(settings) : options.Text(option);
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

    private static string Flag(bool isOn) => isOn ? FlagText.On : FlagText.Off;
}
