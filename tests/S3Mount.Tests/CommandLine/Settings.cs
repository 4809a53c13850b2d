using S3Mount.CommandLine;
using S3Mount.Configuration;
using S3Mount.Configuration.Layers;

namespace S3Mount.Tests.CommandLine;

/// <summary>Reads command lines on a machine that is the same everywhere.</summary>
internal static class Settings
{
    public static Machine Machine { get; } = new()
    {
        Uid = 1000,
        Gid = 1001,
        FindUser = name => name == "trainer" ? 2000 : null,
        FindGroup = name => name == "ml" ? 2001 : null,
        MemoryLimit = () => 8L << 30,
        RequestTimeout = () => null,
    };

    public static MountSettings Read(params string[] args) => SettingsReader.Read(MountCommand.Parse(args), Machine);

    /// <param name="variables">The environment; that of the tests is not looked at.</param>
    public static MountSettings ReadWith(IReadOnlyDictionary<string, string> variables, params string[] args) =>
        SettingsReader.Read(MountCommand.Parse(args, values => LowerLayers.AddTo(values, name => variables.GetValueOrDefault(name))), Machine);

    /// <summary>The error line of a wrong command line.</summary>
    public static string Error(params string[] args) => Assert.Throws<UsageException>(() => Read(args))!.Message;
}
