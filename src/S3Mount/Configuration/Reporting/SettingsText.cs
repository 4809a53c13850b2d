using System.Globalization;
using Microsoft.Extensions.Logging;
using S3Mount.CommandLine;

namespace S3Mount.Configuration.Reporting;

/// <summary>Settings as their options could be written.</summary>
internal static class SettingsText
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
        [MountOptions.MetricsListen] = settings => settings.MetricsListen?.ToString(),
        [MountOptions.PriceGet] = settings => Price(settings.Prices?.Get),
        [MountOptions.PriceList] = settings => Price(settings.Prices?.List),
        [MountOptions.PriceGb] = settings => Price(settings.Prices?.Gigabyte),
    };

    /// <returns>Null: it is not given, and has no default.</returns>
    public static string? Write(OptionDefinition option, MountSettings settings) => _values[option](settings);

    private static string Flag(bool isOn) => isOn ? FlagText.On : FlagText.Off;

    private static string? Price(decimal? price) => price?.ToString(CultureInfo.InvariantCulture);
}
