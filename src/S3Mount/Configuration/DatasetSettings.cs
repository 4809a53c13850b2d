using S3Mount.CommandLine;
using S3Mount.Configuration.Reporting;

namespace S3Mount.Configuration;

/// <summary>One of several datasets of a mount.</summary>
/// <param name="Name">Of its directory below the mountpoint.</param>
/// <param name="Settings">As if it were mounted alone.</param>
internal sealed record DatasetSettings(string Name, MountSettings Settings)
{
    /// <summary>Whether a mount that shows one of them shows the other: what holds for the whole mount is not looked at.</summary>
    public bool IsSameAs(DatasetSettings other) =>
        Name == other.Name && MountOptions.OfDatasets.All(option => SettingsText.Write(option, Settings) == SettingsText.Write(option, other.Settings));
}
