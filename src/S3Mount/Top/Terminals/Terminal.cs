using System.Runtime.InteropServices;
using System.Text;
using Microsoft.Win32.SafeHandles;
using S3Mount.Hosting;
using S3Mount.Interop;

namespace S3Mount.Top.Terminals;

/// <summary>
/// The terminal of this process as a screen: from the beginning until it is disposed another screen is shown, keys are not echoed and come
/// one by one, and the cursor is hidden. Disposing gives back what was there, as does Ctrl-Z for as long as the program is stopped. Any thread.
/// </summary>
internal sealed class Terminal : IDisposable
{
    private const int Input = 0;
    private const int Output = 1;

    /// <summary>Of a terminal that does not say how large it is (a serial line).</summary>
    private static readonly ScreenSize _usual = new(80, 24);

    private readonly Lock _gate = new();
    private readonly TerminalModes _before;
    private readonly PosixSignalRegistration _stop;
    private readonly PosixSignalRegistration _continue;
    private readonly PosixSignalRegistration _resize;
    private readonly bool _hasColor;
    // Guarded by _gate.
    private bool _isEntered;
    private bool _isDisposed;

    /// <param name="changed">Called when all has to be drawn anew, from any thread.</param>
    /// <exception cref="StartupException">It is no terminal.</exception>
    public Terminal(bool hasColor, Action changed)
    {
        _hasColor = hasColor;
        _before = Modes() ?? throw new StartupException("the terminal cannot be asked for its modes; s3mount status prints the same figures");
        _stop = PosixSignalRegistration.Create((PosixSignal)LibC.SIGTSTP, context =>
        {
            context.Cancel = true;
            Leave();
            // As whoever pressed the key expects it.
            _ = LibC.Raise(LibC.SIGSTOP);
        });
        // After SIGSTOP, too, which nobody is told of: the shell has set the modes that it likes meanwhile.
        _continue = PosixSignalRegistration.Create((PosixSignal)LibC.SIGCONT, context =>
        {
            context.Cancel = true;
            Enter();
            changed();
        });
        _resize = PosixSignalRegistration.Create((PosixSignal)LibC.SIGWINCH, _ => changed());
        Enter();
    }

    public static unsafe ScreenSize Size
    {
        get
        {
            WindowSize size;
            return LibC.GetWindowSize(Output, LibC.TIOCGWINSZ, &size) == 0 && size is { Columns: > 0, Rows: > 0 } ? new ScreenSize(size.Columns, size.Rows) : _usual;
        }
    }

    public void Show(IReadOnlyList<ScreenLine> lines, int height)
    {
        lock (_gate)
        {
            if (_isEntered)
                TryWrite(ScreenText.Write(lines, height, _hasColor));
        }
    }

    /// <summary>Calls with each key until that is the last, or nothing more can come; on a thread of its own, which may be left behind.</summary>
    /// <param name="isLast">Must not throw.</param>
    public static void ReadKeys(Func<char, bool> isLast)
    {
        var thread = new Thread(() =>
        {
            using var keys = new FileStream(new SafeFileHandle(Input, ownsHandle: false), FileAccess.Read, bufferSize: 0);
            Span<byte> key = stackalloc byte[1];
            try
            {
                while (keys.Read(key) == 1 && !isLast((char)key[0]))
                    continue;
            }
            catch (IOException)
            {
                // The terminal is gone: SIGHUP says so, too.
            }
        })
        { Name = "keys", IsBackground = true };
        thread.UnsafeStart();
    }

    public void Dispose()
    {
        _stop.Dispose();
        _continue.Dispose();
        _resize.Dispose();
        lock (_gate)
            _isDisposed = true;
        Leave();
    }

    /// <summary>Gives the modes back without a wait for what is to be shown: of a terminal that takes nothing any more.</summary>
    public unsafe void LeaveAtOnce()
    {
        TerminalModes modes = _before;
        _ = LibC.TcSetAttr(Input, LibC.TCSANOW, &modes);
    }

    private unsafe void Enter()
    {
        lock (_gate)
        {
            if (_isDisposed)
                return;
            TerminalModes modes = _before;
            // Signals stay: Ctrl-C and Ctrl-Z are no keys. Ctrl-S is one: it would hold the terminal, and with it the end of the program.
            modes.LocalFlags &= ~(LibC.ECHO | LibC.ICANON);
            modes.InputFlags &= ~LibC.IXON;
            _ = LibC.TcSetAttr(Input, LibC.TCSANOW, &modes);
            _isEntered = TryWrite(ScreenText.Enter);
        }
    }

    private unsafe void Leave()
    {
        lock (_gate)
        {
            if (!_isEntered)
                return;
            _isEntered = false;
            TerminalModes modes = _before;
            // A terminal that is gone has no screen to give back.
            TryWrite(ScreenText.Leave);
            // What was typed meanwhile was meant for this program.
            _ = LibC.TcSetAttr(Input, LibC.TCSAFLUSH, &modes);
        }
    }

    private static unsafe TerminalModes? Modes()
    {
        TerminalModes modes;
        return LibC.TcGetAttr(Input, &modes) == 0 ? modes : null;
    }

    /// <summary>False: the terminal is gone; SIGHUP ends the program.</summary>
    private static bool TryWrite(string text)
    {
        try
        {
            using var output = new FileStream(new SafeFileHandle(Output, ownsHandle: false), FileAccess.Write, bufferSize: 0);
            output.Write(Encoding.UTF8.GetBytes(text));
            return true;
        }
        catch (IOException)
        {
            return false;
        }
    }
}
