using System.Globalization;
using Microsoft.Extensions.Logging;
using S3Mount.CommandLine;
using S3Mount.Configuration;
using S3Mount.ObjectStore.S3;

namespace S3Mount.Telemetry;

/// <summary>
/// The options of a mount as they count, by their names and as they could be written: those that
/// are not what they are without being named, and the one that everybody asks for. The budget of the memory stands elsewhere.
/// </summary>
internal static class SettingsInEffect
{
    private static readonly MountSettings _default = new() { Bucket = "", Mountpoint = "", Memory = 0, Uid = 0, Gid = 0 };

    public static IReadOnlyDictionary<string, string> Of(MountSettings settings)
    {
        var options = new Dictionary<string, string>();
        if (settings.Snapshot is null)
            options[MountOptions.MetadataTtl.Name] = Duration(settings.MetadataTtl);
        Add(MountOptions.NegativeMetadataTtl, settings.NegativeMetadataTtl != _default.NegativeMetadataTtl ? Duration(settings.NegativeMetadataTtl) : null);
        Add(MountOptions.IoDeadline, settings.IoDeadline != _default.IoDeadline ? Duration(settings.IoDeadline) : null);
        Add(MountOptions.MaxConnections, settings.MaxConnections != S3StoreOptions.DefaultMaxConnections ? settings.MaxConnections.ToString(CultureInfo.InvariantCulture) : null);
        Add(MountOptions.Snapshot, settings.Snapshot);
        Add(MountOptions.Cache, settings.Cache);
        Add(MountOptions.MaxCacheSize, settings.MaxCacheSize is { } size ? Size(size) : null);
        Flag(MountOptions.Hydrate, settings.Hydrate);
        Add(MountOptions.EndpointUrl, settings.EndpointUrl);
        Add(MountOptions.Region, settings.Region);
        Add(MountOptions.Profile, settings.Profile);
        Flag(MountOptions.NoSignRequest, settings.NoSignRequest);
        Flag(MountOptions.RequesterPays, settings.RequesterPays);
        Flag(MountOptions.ForcePathStyle, settings.ForcePathStyle);
        Add(MountOptions.CaBundle, settings.CaBundle);
        Flag(MountOptions.AllowOther, settings.AllowOther);
        Flag(MountOptions.AllowRoot, settings.AllowRoot);
        Add(MountOptions.FileMode, settings.FileMode != _default.FileMode ? Mode(settings.FileMode) : null);
        Add(MountOptions.DirMode, settings.DirMode != _default.DirMode ? Mode(settings.DirMode) : null);
        Add(MountOptions.LogLevel, settings.LogLevel != LogLevel.Information ? settings.LogLevel.ToString().ToLowerInvariant() : null);
        Add(MountOptions.LogFile, settings.LogFile);
        Add(MountOptions.MetricsListen, settings.MetricsListen?.ToString());
        return options;

        void Add(OptionDefinition option, string? value)
        {
            if (value is not null)
                options[option.Name] = value;
        }

        void Flag(OptionDefinition option, bool isSet) => Add(option, isSet ? "true" : null);
    }

    private static string Duration(TimeSpan duration) =>
        duration < TimeSpan.Zero ? "indefinite" : string.Create(CultureInfo.InvariantCulture, $"{duration.TotalSeconds:0}s");

    private static string Mode(uint mode) => "0" + Convert.ToString(mode, 8);

    private static string Size(long bytes) => bytes switch
    {
        _ when bytes % (1L << 30) == 0 => string.Create(CultureInfo.InvariantCulture, $"{bytes >> 30}GiB"),
        _ when bytes % (1L << 20) == 0 => string.Create(CultureInfo.InvariantCulture, $"{bytes >> 20}MiB"),
        _ => bytes.ToString(CultureInfo.InvariantCulture),
    };
}
