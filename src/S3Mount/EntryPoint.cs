using S3Mount.CommandLine;
using S3Mount.Configuration;
using S3Mount.Control.Client;
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
            if (args.Contains("--help") || args is ["-h" or "-?", ..])
            {
                await Console.Out.WriteAsync(HelpText.Write()).ConfigureAwait(false);
                return Done;
            }
            if (args is ["--version" or "-V", ..])
            {
                await Console.Out.WriteLineAsync($"s3mount {ProgramVersion.Text}").ConfigureAwait(false);
                return Done;
            }
            if (args is [UmountCommand.Verb, .. var rest])
            {
                UmountProgram.Run(UmountCommand.Parse(rest));
                return Done;
            }
            if (args is [SnapshotCommand.Verb, .. var snapshot])
                return await SnapshotProgram.RunAsync(SnapshotCommand.Parse(snapshot)).ConfigureAwait(false);
            if (args is [StatusCommand.Verb, .. var asked])
                return await StatusProgram.RunAsync(StatusCommand.Parse(asked), Console.Out).ConfigureAwait(false);
            if (args is [RefreshCommand.Verb, .. var renewed])
            {
                await RefreshProgram.RunAsync(RefreshCommand.Parse(renewed), Console.Out).ConfigureAwait(false);
                return Done;
            }
            if (args is [WarmCommand.Verb, .. var wanted])
                return await WarmProgram.RunAsync(WarmCommand.Parse(wanted), Console.Out, Console.Error, !Console.IsErrorRedirected).ConfigureAwait(false);
            if (args is [CacheCommand.Verb, .. var kept])
                return await CacheProgram.RunAsync(CacheCommand.Parse(kept), Console.Out).ConfigureAwait(false);
            MountSettings settings = SettingsReader.Read(MountCommand.Parse(args), Machine.Current);
            return settings.Foreground || background
                ? await MountProgram.RunAsync(settings, background).ConfigureAwait(false)
                : await BackgroundStart.RunAsync(args).ConfigureAwait(false);
        }
        catch (Exception e)
        {
            await Console.Error.WriteLineAsync($"s3mount: {FailureLine.Of(e)}").ConfigureAwait(false);
            return e is UsageException ? WrongUsage : Failed;
        }
    }
}
