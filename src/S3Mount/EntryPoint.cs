using S3Mount.CommandLine;
using S3Mount.Configuration;

namespace S3Mount;

/// <summary>From arguments to an exit code.</summary>
internal static class EntryPoint
{
    public const int Done = 0;
    public const int Failed = 1;
    public const int WrongUsage = 2;

    public static async Task<int> RunAsync(string[] args)
    {
        try
        {
            switch (args)
            {
                case ["--help" or "-h" or "-?", ..] or [UmountCommand.Verb, "--help" or "-h", ..]:
                    await Console.Out.WriteAsync(HelpText.Write()).ConfigureAwait(false);
                    return Done;
                case ["--version" or "-V", ..]:
                    await Console.Out.WriteLineAsync($"s3mount {ProgramVersion.Text}").ConfigureAwait(false);
                    return Done;
                default:
                    var settings = SettingsReader.Read(MountCommand.Parse(args), Machine.Current);
                    Console.WriteLine(settings);
                    return Done;
            }
        }
        catch (UsageException e)
        {
            await Console.Error.WriteLineAsync($"s3mount: {e.Message}").ConfigureAwait(false);
            return WrongUsage;
        }
    }
}
