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

    public static Task<int> RunAsync(string[] args) => MountHelper.IsCalledAs(MountHelper.CalledName())
        ? RunAsync(() => MountForAsync(args), MountHelper.ExitCode)
        : RunAsync(() => RunCommandAsync(args), code => code);

    private static async Task<int> RunAsync(Func<Task<int>> run, Func<int, int> exitCode)
    {
        try
        {
            return exitCode(await run().ConfigureAwait(false));
        }
        catch (Exception e)
        {
            await Console.Error.WriteLineAsync($"s3mount: {FailureLine.Of(e)}").ConfigureAwait(false);
            return exitCode(e is UsageException ? WrongUsage : Failed);
        }
    }

    private static async Task<int> RunCommandAsync(string[] args)
    {
        bool background = Detachment.Begin();
        HomeDirectory.Find();
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
        MountCommand command = Parse(args);
        MountSettings settings = SettingsReader.Read(command, Machine.Current);
        return settings.Foreground || background
            ? await MountProgram.RunAsync(settings, command.Options, background).ConfigureAwait(false)
            : await BackgroundStart.RunAsync(args).ConfigureAwait(false);
    }

    private static async Task<int> MountForAsync(string[] args)
    {
        if (args is ["-h" or "--help" or "-V" or "--version", ..])
            return await RunCommandAsync(args).ConfigureAwait(false);
        HomeDirectory.Find();
        var helper = MountHelper.Parse(args);
        if (helper.Verbose)
            await Console.Out.WriteLineAsync($"s3mount {string.Join(' ', helper.Arguments)}").ConfigureAwait(false);
        // Whatever is wrong is said before anything is done.
        SettingsReader.Read(Parse(helper.Arguments), Machine.Current);
        return helper.Fake ? Done : await BackgroundStart.RunAsync(helper.Arguments).ConfigureAwait(false);
    }

    private static MountCommand Parse(string[] args) => MountCommand.Parse(args, values => LowerLayers.AddTo(values, Environment.GetEnvironmentVariable));

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
