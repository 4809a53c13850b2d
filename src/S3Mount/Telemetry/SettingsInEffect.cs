using S3Mount.CommandLine;
using S3Mount.Configuration;
using S3Mount.Configuration.Reporting;

namespace S3Mount.Telemetry;

/// <summary>
/// The options of a mount as they count, by their names and as they could be written: those that
/// are not what they are without being named, and the one that everybody asks for. What stands elsewhere in the status is left out.
/// </summary>
internal static class SettingsInEffect
{
    private static readonly MountSettings _default = new() { Bucket = "", Mountpoint = "", Memory = 0, Uid = 0, Gid = 0 };

    private static readonly OptionDefinition[] _elsewhere =
    [
        MountOptions.Bucket, MountOptions.Mountpoint, MountOptions.Prefix, MountOptions.Memory, MountOptions.Uid, MountOptions.Gid,
        MountOptions.Foreground, MountOptions.PriceGet, MountOptions.PriceList, MountOptions.PriceGb,
    ];

    public static IReadOnlyDictionary<string, string> Of(MountSettings settings) =>
        MountOptions.Keys.Except(_elsewhere)
            .Select(option => (Option: option, Text: SettingsText.Write(option, settings)))
            .Where(given => given.Text is not null && (given.Option == MountOptions.MetadataTtl || given.Text != SettingsText.Write(given.Option, _default)))
            .ToDictionary(given => given.Option.Name, given => given.Text!);
}
