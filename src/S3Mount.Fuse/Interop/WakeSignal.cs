using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace S3Mount.Fuse.Interop;

/// <summary>
/// A signal that does nothing but end a blocking system call of one thread with EINTR. A blocking read(2) of /dev/fuse
/// cannot be ended by closing the descriptor, because the call itself holds the file; a signal works on every kernel and
/// without privileges. (poll(2) before each read would cost a third system call a request; NOTIFY_RETRIEVE, which makes the
/// kernel send a message, is refused for directories by newer kernels; /sys/fs/fuse/connections is not mounted everywhere.)
/// </summary>
internal static unsafe partial class WakeSignal
{
    // Real-time signals are 34 to 64 (32 and 33 belong to the C library); the .NET runtime uses 34.
    private const int Highest = 64;
    private const int Lowest = 40;

    private static readonly Lazy<int> _number = new(Install);

    /// <summary>The thread id by which <see cref="Send"/> finds the calling thread.</summary>
    public static int CurrentThread => (int)SystemCall(RuntimeInformation.ProcessArchitecture == Architecture.Arm64 ? 178 : 186, 0, 0, 0);

    /// <summary>Installs the handler. Call before the first blocking read, so that the signal never meets its deadly default.</summary>
    public static void Prepare() => _ = _number.Value;

    /// <summary>Interrupts a thread of this process; no effect when it has ended, or is in no system call.</summary>
    public static void Send(int thread) =>
        SystemCall(RuntimeInformation.ProcessArchitecture == Architecture.Arm64 ? 131 : 234, Environment.ProcessId, thread, _number.Value);

    private static int Install()
    {
        for (int signal = Highest; signal >= Lowest; signal--)
        {
            SigAction current;
            if (SigActionCall(signal, null, &current) != 0 || current.Handler != 0)
                continue;
            // Any function of the C library that takes an int, may be called from a handler and has no effect. No managed
            // code may run there. No SA_RESTART, or the system call would go on.
            var action = new SigAction { Handler = NativeLibrary.GetExport(NativeLibrary.GetMainProgramHandle(), "getpid") };
            if (SigActionCall(signal, &action, null) == 0)
                return signal;
        }
        throw new FuseException(FuseFailure.MountFailed, $"no real-time signal is free to end reads with ({LibC.LastError})");
    }

    [LibraryImport("libc", EntryPoint = "sigaction", SetLastError = true)]
    private static partial int SigActionCall(int signal, SigAction* action, SigAction* previous);

    // syscall is variadic; with integer arguments the calling conventions of both processors pass them as plain ones.
    [LibraryImport("libc", EntryPoint = "syscall", SetLastError = true)]
    private static partial nint SystemCall(nint number, nint first, nint second, nint third);

    /// <summary>struct sigaction of glibc and musl on x86-64 and arm64.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private struct SigAction
    {
        public nint Handler;
        private SignalSet _mask;
        public int Flags;
        public nint Restorer;
    }

    /// <summary>sigset_t: 1,024 bits in both libraries.</summary>
    [InlineArray(16)]
    private struct SignalSet
    {
        private ulong _word;
    }
}
