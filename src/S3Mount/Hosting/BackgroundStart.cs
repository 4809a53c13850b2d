using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using S3Mount.Interop;

namespace S3Mount.Hosting;

/// <summary>
/// The caller's side of a start in the background. .NET cannot fork, so the daemon is a second process of this program; its
/// standard output is a pipe on which it tells what the caller should know and at last that the mount is usable
/// (<see cref="Detachment"/>); its standard error is passed on until then. The caller's own terminal and pipes are never handed down, so <c>out=$(s3mount ...)</c> returns.
/// </summary>
internal static class BackgroundStart
{
    /// <summary>More than the deadlines of the daemon's own steps together (store 30 s, INIT 10 s, probing and unmounting).</summary>
    private static readonly TimeSpan _deadline = TimeSpan.FromSeconds(60);

    /// <summary>A daemon that was told to stop has nothing to wait for but an unmount.</summary>
    private static readonly TimeSpan _stopDeadline = TimeSpan.FromSeconds(15);

    /// <returns>The exit code.</returns>
    public static async Task<int> RunAsync(string[] args)
    {
        using var interrupted = new CancellationTokenSource();
        using PosixSignalRegistration onInterrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Interrupt);
        using PosixSignalRegistration onTerminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Interrupt);
        using PosixSignalRegistration onHangUp = PosixSignalRegistration.Create(PosixSignal.SIGHUP, Interrupt);
        SealDescriptors();
        using Process daemon = Process.Start(StartInfo(args)) ?? throw new StartupException("the daemon could not be started");
        daemon.StandardInput.Close();
        Task errors = PassOnAsync(daemon.StandardError);
        return await IsMountedAsync(daemon, interrupted.Token).ConfigureAwait(false)
            ? EntryPoint.Done
            : await FailAsync(daemon, errors, interrupted.IsCancellationRequested).ConfigureAwait(false);

        void Interrupt(PosixSignalContext context)
        {
            context.Cancel = true;
            interrupted.Cancel();
        }
    }

    /// <summary>Passes on what the daemon tells until it is mounted; false at the end of its output, or when it is told to stop.</summary>
    private static async Task<bool> IsMountedAsync(Process daemon, CancellationToken interrupted)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(interrupted);
        deadline.CancelAfter(_deadline);
        try
        {
            while (await daemon.StandardOutput.ReadLineAsync(deadline.Token).ConfigureAwait(false) is { } line)
            {
                if (line == Detachment.Mounted)
                    return true;
                await Console.Error.WriteLineAsync(line).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException)
        {
            // In order, so that it takes its mount down.
            _ = LibC.Kill(daemon.Id, LibC.SIGTERM);
        }
        return false;
    }

    private static async Task<int> FailAsync(Process daemon, Task errors, bool interrupted)
    {
        using var deadline = new CancellationTokenSource(_stopDeadline);
        try
        {
            await daemon.WaitForExitAsync(deadline.Token).ConfigureAwait(false);
            await errors.WaitAsync(deadline.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            daemon.Kill();
            await Console.Error.WriteLineAsync("s3mount: the daemon did not come up in time and was ended; mount with -f to see how far it gets").ConfigureAwait(false);
            return EntryPoint.Failed;
        }
        // With these it has said why.
        if (daemon.ExitCode is EntryPoint.Failed or EntryPoint.WrongUsage)
            return daemon.ExitCode;
        if (interrupted)
            await Console.Error.WriteLineAsync("s3mount: interrupted; nothing is mounted").ConfigureAwait(false);
        else
            await Console.Error.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"s3mount: the daemon ended unexpectedly (exit code {daemon.ExitCode}); mount with -f to see why")).ConfigureAwait(false);
        return EntryPoint.Failed;
    }

    private static async Task PassOnAsync(StreamReader errors)
    {
        while (await errors.ReadLineAsync().ConfigureAwait(false) is { } line)
            await Console.Error.WriteLineAsync(line).ConfigureAwait(false);
    }

    private static ProcessStartInfo StartInfo(string[] args)
    {
        string program = Environment.ProcessPath ?? throw new StartupException("the path of this program is not known");
        var info = new ProcessStartInfo(program)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        if (Path.GetFileNameWithoutExtension(program) == "dotnet")
            info.ArgumentList.Add(Environment.GetCommandLineArgs()[0]); // dotnet s3mount.dll
        foreach (string arg in args)
            info.ArgumentList.Add(arg);
        info.Environment[Detachment.Variable] = "1";
        return info;
    }

    /// <summary>What the caller's caller left open (a lock, a pipe of a build) is not for a daemon that stays.</summary>
    private static void SealDescriptors()
    {
        foreach (int descriptor in OpenDescriptors.List().Where(descriptor => descriptor > 2))
        {
            int flags = LibC.Fcntl(descriptor, LibC.F_GETFD, 0);
            if (flags >= 0)
                _ = LibC.Fcntl(descriptor, LibC.F_SETFD, flags | LibC.FD_CLOEXEC);
        }
    }
}
