using S3Mount.CommandLine;
using S3Mount.Configuration;
using S3Mount.Fuse.Mounting;
using S3Mount.Hosting.Handover;
using S3Mount.Hosting.Services;
using S3Mount.Interop;
using S3Mount.Logging;

namespace S3Mount.Hosting;

/// <summary>The process that serves a mount: its log, its signals, its exit code.</summary>
internal static class MountProgram
{
    /// <param name="options">From which the settings were read: where they stand, for the error line.</param>
    /// <param name="background">Started by <see cref="BackgroundStart"/>.</param>
    /// <returns>The exit code.</returns>
    /// <exception cref="UsageException">The log file cannot be used.</exception>
    public static async Task<int> RunAsync(MountSettings settings, OptionValues options, bool background)
    {
        // A descriptor's name is no link to follow.
        string mountpoint = PassedDevice.Find(settings.Mountpoint) is null ? MountpointPath.Resolve(settings.Mountpoint) : settings.Mountpoint;
        StartCheck.ThrowIfBelow(mountpoint, MountOptions.LogFile, options, settings.LogFile);
        StartCheck.ThrowIfBelow(mountpoint, MountOptions.Cache, options, settings.Cache);
        StartCheck.ThrowIfOthersAreNotAllowed(settings, options, LibC.GetEffectiveUid());
        using var log = new LogQueue(OpenSink(settings, options, background), TimeProvider.System);
        var logger = new RepeatFilter(new LineLogger(log, settings.LogLevel), TimeProvider.System);
        TaskScheduler.UnobservedTaskException += (_, unseen) => logger.UnobservedTaskException(unseen.Exception);
        AppDomain.CurrentDomain.UnhandledException += (_, fatal) =>
        {
            logger.UnhandledException((Exception)fatal.ExceptionObject);
            log.Dispose();
        };
        // Standard error is the log itself only with -f and without a log file; elsewhere the caller is told beside it.
        bool logsToTerminal = !background && settings.LogFile is null;
        var notifier = new ServiceNotifier(Environment.GetEnvironmentVariable(ServiceNotifier.Variable));
        MountRun? run = null;
        // A daemon has no terminal that could be gone, and neither has a service.
        bool isDaemon = background || settings.LogFile is not null || notifier.HasListener || settings.Datasets.Count > 0;
        using var signals = new StopSignals(isDaemon ? () => HangUp(log, settings, Volatile.Read(ref run)) : null);
        using var lastExit = new LastExit(StopBudget.Total, EndByForce, signals.Stopping);
        using MountHandover? handover = MountHandover.TryCreate(notifier, PassedDescriptors.OfProcess(), Environment.GetEnvironmentVariable(RestartQuestion.UnitVariable), logger);
        // What is read again is read in another working directory.
        options.FixPaths();
        run = new MountRun(settings, mountpoint, logger, TimeProvider.System)
        {
            Options = options,
            Notice = background ? line => Detachment.Tell(Prefixed(line)) : logsToTerminal ? _ => { } : Tell,
            Ready = background ? Detachment.Complete : () => { },
            Notifier = notifier,
            Handover = handover,
        };
        try
        {
            await run.RunAsync(signals).ConfigureAwait(false);
            return EntryPoint.Done;
        }
        catch (Exception e)
        {
            string reason = Reason(e, signals);
            if (!logsToTerminal)
                logger.Failed(reason);
            logger.FailedBecause(e);
            Tell(reason);
            return e is UsageException ? EntryPoint.WrongUsage : EntryPoint.Failed;
        }

        void EndByForce()
        {
            logger.EndedByForce((int)StopBudget.Total.TotalSeconds);
            log.Dispose();
            Environment.Exit(EntryPoint.Done);
        }
    }

    private static void HangUp(LogQueue log, MountSettings settings, MountRun? run)
    {
        if (settings.LogFile is not null)
            log.Reopen();
        // A log that is opened anew is all that most who send it want.
        if (settings.Datasets.Count > 0 || settings.LogFile is null)
            run?.BeginReload();
    }

    private static string Reason(Exception exception, StopSignals signals) => exception switch
    {
        OperationCanceledException when signals.Stopping.IsCancellationRequested => "stopped before the mount was usable; nothing is mounted",
        OperationCanceledException => "the kernel did not begin to use the mount in time; nothing is mounted",
        _ => FailureLine.Of(exception),
    };

    private static void Tell(string line) => Console.Error.WriteLine(Prefixed(line));

    private static string Prefixed(string line) => "s3mount: " + line;

    private static ILogSink OpenSink(MountSettings settings, OptionValues options, bool background)
    {
        if (settings.LogFile is null)
        {
            if (!background)
                return StreamSink.OpenStandardError(Environment.GetEnvironmentVariable("JOURNAL_STREAM"));
            return SyslogSink.IsAvailable ? new SyslogSink() : new NullSink();
        }
        try
        {
            return new FileSink(settings.LogFile);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new UsageException($"{options.Spelling(MountOptions.LogFile)}: {settings.LogFile} cannot be opened: {FileProblem.Describe(e)}");
        }
    }
}
