using System.Runtime.InteropServices;

namespace S3Mount.Testing.Processes;

/// <summary>kill(2) and the signals that tests send.</summary>
public static partial class ProcessSignals
{
    public const int HangUp = 1;
    public const int Interrupt = 2;
    public const int Kill = 9;
    public const int Terminate = 15;
    public const int Continue = 18;
    public const int Stop = 19;

    /// <summary>False when there is no such process any more.</summary>
    public static bool Send(int processId, int signal) => SendRaw(processId, signal) == 0;

    /// <summary>Sends to all processes of a group.</summary>
    internal static bool SendToGroup(int groupId, int signal) => SendRaw(-groupId, signal) == 0;

    [LibraryImport("libc", EntryPoint = "kill")]
    private static partial int SendRaw(int processId, int signal);
}
