using S3Mount.CommandLine;

namespace S3Mount.Configuration.Layers;

/// <summary>
/// What stands below the command line and fstab's list: variables, and below them the file that <c>--config</c> or
/// <c>S3MOUNT_CONFIG</c> names. The file is read only if there is one, and with it the YAML library.
/// </summary>
internal static class LowerLayers
{
    /// <param name="values">What the command line says.</param>
    /// <param name="environment">A variable's value by name; null when there is none.</param>
    /// <exception cref="UsageException">With the first thing that is wrong in a variable or the file.</exception>
    public static void AddTo(OptionValues values, Func<string, string?> environment)
    {
        values.AddBelow(EnvironmentLayer.Read(environment));
        if (values.Text(MountOptions.Config) is { } file)
            values.AddBelow(ConfigurationFile.Read(file, values.Spelling(MountOptions.Config)));
    }
}
