using S3Mount.CommandLine;
using S3Mount.Configuration;
using S3Mount.Configuration.Layers;
using S3Mount.Hosting;

namespace S3Mount;

/// <summary>From arguments to an exit code.</summary>
internal static class EntryPoint
{
    public const int Done = 0;
    public const int Failed = 1;
    public const int WrongUsage = 2;

    public static async Task<int> RunAsync(string[] args)
    {
        bool background = Detachment.Begin();
        try
        {
            if (Help(args) is { } help)
            {
                await Console.Out.WriteAsync(help).ConfigureAwait(false);
                return Done;
            }
            if (args is ["--version" or "-V", ..])
            {
                await Console.Out.WriteLineAsync($"s3mount {ProgramVersion.Text}").ConfigureAwait(false);
                return Done;
            }
            if (args is [var name, .. var rest] && Verbs.Find(name) is { } verb)
                return await verb.RunAsync(rest).ConfigureAwait(false);
            MountCommand command = MountCommand.Parse(args, values => LowerLayers.AddTo(values, Environment.GetEnvironmentVariable));
            MountSettings settings = SettingsReader.Read(command, Machine.Current);
            return settings.Foreground || background
                ? await MountProgram.RunAsync(settings, command.Options, background).ConfigureAwait(false)
                : await BackgroundStart.RunAsync(args).ConfigureAwait(false);
        }
        catch (Exception e)
        {
            await Console.Error.WriteLineAsync($"s3mount: {FailureLine.Of(e)}").ConfigureAwait(false);
            return e is UsageException ? WrongUsage : Failed;
        }
    }

    // --help may stand anywhere: who writes it wants nothing else.
    private static string? Help(string[] args) => args switch
    {
        ["-h" or "-?", ..] or ["help"] => HelpText.Write(Verbs.Mount, Verbs.All),
        ["help", "mount"] => HelpText.Write(Verbs.Mount),
        ["help", var name, ..] => HelpText.Write((Verbs.Find(name) ?? throw new UsageException($"there is no help on '{name}'; see s3mount --help")).Help),
        [var name, ..] when args.Contains("--help") && Verbs.Find(name) is { } verb => HelpText.Write(verb.Help),
        _ when args.Contains("--help") => HelpText.Write(Verbs.Mount, Verbs.All),
        _ => null,
    };
}
