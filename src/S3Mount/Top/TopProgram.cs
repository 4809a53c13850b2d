using System.Runtime.InteropServices;
using S3Mount.CommandLine;
using S3Mount.Control.Client;
using S3Mount.Fuse.Mounting;
using S3Mount.Hosting;
using S3Mount.Interop;
using S3Mount.Top.Terminals;

namespace S3Mount.Top;

/// <summary><c>s3mount top</c>.</summary>
internal static class TopProgram
{
    /// <summary>Of what is not a terminal: what most of them have.</summary>
    private const int PlainWidth = 80;

    /// <summary>From the signal that ends it; a terminal that takes nothing any more is not waited for longer.</summary>
    private static readonly TimeSpan _leaveDeadline = TimeSpan.FromSeconds(2);

    /// <param name="output">Asked for where lines are printed: to be asked, the console of .NET takes the terminal over, and gives it modes of its own.</param>
    /// <returns>The exit code.</returns>
    /// <exception cref="UsageException">It has neither a terminal nor a number of frames, or there are several mounts.</exception>
    /// <exception cref="StartupException">There is no mount, or not any more.</exception>
    /// <exception cref="ControlClientException">This user may not ask.</exception>
    public static async Task<int> RunAsync(TopCommand command, Func<TextWriter> output)
    {
        bool isTerminal = !Console.IsInputRedirected && !Console.IsOutputRedirected;
        if (command.Count is null && !isTerminal)
            throw new UsageException("top draws on a terminal, and this is none: write s3mount top -n 1 for one frame, or s3mount status, which is for scripts (--json)");
        MountTableEntry mount = await ChooseAsync(command.Path, output).ConfigureAwait(false);
        var traits = TerminalTraits.Of(Environment.GetEnvironmentVariable);
        var source = new TopSource(mount, TimeProvider.System);
        var watch = new TopWatch(mount, source.AskAsync, () => source.IsMounted, TimeProvider.System);
        using var signals = new StopSignals(null);
        if (command.Count is not null || !traits.HasScreen)
        {
            int width = Console.IsOutputRedirected ? PlainWidth : Terminal.Size.Width;
            var screen = new TopScreen(TerminalTraits.IsUtf8(Environment.GetEnvironmentVariable));
            await PrintAsync(watch, command, screen, width, output(), signals.Stopping).ConfigureAwait(false);
        }
        else
        {
            await ShowAsync(watch, command.Interval, traits, signals.Stopping).ConfigureAwait(false);
        }
        return EntryPoint.Done;
    }

    // Each frame tells of the time since the look before it.
    private static async Task PrintAsync(TopWatch watch, TopCommand command, TopScreen screen, int width, TextWriter output, CancellationToken stopping)
    {
        try
        {
            await watch.LookAsync(stopping).ConfigureAwait(false);
            for (int i = 0; command.Count is not { } count || i < count; i++)
            {
                await Task.Delay(command.Interval, stopping).ConfigureAwait(false);
                await watch.LookAsync(stopping).ConfigureAwait(false);
                if (i > 0)
                    await output.WriteAsync('\n').ConfigureAwait(false);
                foreach (ScreenLine line in screen.Draw(watch.Frame, new ScreenSize(width, int.MaxValue)))
                    await output.WriteAsync(line.Text.TrimEnd() + "\n").ConfigureAwait(false);
                await output.FlushAsync(stopping).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            // Whoever looked has seen enough.
        }
    }

    private static async Task ShowAsync(TopWatch watch, TimeSpan interval, TerminalTraits traits, CancellationToken stopping)
    {
        // Not disposed: a key may come at any time.
        var left = CancellationTokenSource.CreateLinkedTokenSource(stopping);
        var screen = new TopScreen(traits.IsUnicode);
        Terminal? terminal = null;
        var loop = new TopLoop(watch, Draw, interval, TimeProvider.System);
        // Ctrl-\, besides the signals that end every command.
        using PosixSignalRegistration quit = PosixSignalRegistration.Create(PosixSignal.SIGQUIT, context =>
        {
            context.Cancel = true;
            left.Cancel();
        });
        using (new LastExit(_leaveDeadline, EndByForce, left.Token))
        using (terminal = new Terminal(traits.HasColor, loop.Wake))
        {
            Terminal.ReadKeys(key =>
            {
                if (key is not ('q' or 'Q'))
                    return false;
                left.Cancel();
                return true;
            });
            await loop.RunAsync(left.Token).ConfigureAwait(false);
        }

        void Draw(TopFrame frame)
        {
            ScreenSize size = Terminal.Size;
            terminal?.Show(screen.Draw(frame, size), size.Height);
        }

        void EndByForce()
        {
            terminal?.LeaveAtOnce();
            Environment.Exit(EntryPoint.Done);
        }
    }

    private static async Task<MountTableEntry> ChooseAsync(string? path, Func<TextWriter> output)
    {
        if (path is not null)
            return MountedPath.Find(path).Mount;
        IReadOnlyList<MountTableEntry> mounts = StatusProgram.OwnMounts(MountTable.Read(), LibC.GetEffectiveUid());
        if (mounts.Count > 1)
        {
            foreach (MountTableEntry mount in mounts)
                await output().WriteLineAsync(UsageException.OneLine($"{mount.Source} at {mount.Mountpoint}")).ConfigureAwait(false);
            throw new UsageException($"there are {mounts.Count} mounts: write which, as in s3mount top {mounts[0].Mountpoint}");
        }
        return mounts.Count == 1 ? mounts[0] : throw new StartupException("nothing is mounted");
    }
}
