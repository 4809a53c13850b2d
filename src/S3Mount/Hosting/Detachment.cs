using System.Runtime.InteropServices;
using System.Text;
using Microsoft.Win32.SafeHandles;
using S3Mount.Interop;

namespace S3Mount.Hosting;

/// <summary>
/// The daemon's side of a start in the background: its own session, <c>/</c> as working directory, and, once the mount is
/// usable, one line to the parent and nothing left of it. What the caller should know goes to the parent before, line by line
/// on standard output: the runtime keeps copies of the standard descriptors, so that the parent sees their end only when this
/// process ends.
/// </summary>
internal static class Detachment
{
    /// <summary>In the environment of the daemon that <see cref="BackgroundStart"/> starts.</summary>
    public const string Variable = "S3MOUNT_BACKGROUND";

    /// <summary>The line on standard output that says that the mount is usable.</summary>
    public const string Mounted = "mounted";

    /// <summary>Read by the AWS SDK whenever credentials are renewed, relative to a working directory that is left.</summary>
    private static readonly string[] _fileVariables = ["AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE", "AWS_WEB_IDENTITY_TOKEN_FILE", "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE", "AWS_CA_BUNDLE"];

    /// <summary>Whether this process is such a daemon. True once: the variable is not passed on to its children.</summary>
    public static bool Begin()
    {
        if (Environment.GetEnvironmentVariable(Variable) is null)
            return false;
        Environment.SetEnvironmentVariable(Variable, null);
        // Signals of the parent's terminal and of its job go to its session only. It cannot fail: a child never leads a group yet.
        _ = LibC.SetSid();
        return true;
    }

    /// <summary>A line that the parent shows to the caller. Only before <see cref="Complete"/>.</summary>
    /// <exception cref="StartupException">The parent is gone: nobody wants the mount any more.</exception>
    public static void Tell(string line)
    {
        try
        {
            // Not Console, which hides a broken pipe.
            using var output = new FileStream(new SafeFileHandle(1, ownsHandle: false), FileAccess.Write, bufferSize: 0);
            output.Write(Encoding.UTF8.GetBytes(line + "\n"));
        }
        catch (IOException e)
        {
            throw new StartupException("the caller went away before the mount was usable; nothing is mounted", e);
        }
    }

    /// <summary>Reports that the mount is usable and lets go of the parent: of its standard descriptors and of the working directory.</summary>
    /// <exception cref="StartupException">The parent is gone: nobody wants the mount any more.</exception>
    public static void Complete()
    {
        LeaveWorkingDirectory();
        Tell(Mounted);
        int none = LibC.Open("/dev/null", LibC.O_RDWR | LibC.O_CLOEXEC);
        if (none < 0)
            throw new StartupException($"/dev/null cannot be opened (errno {Marshal.GetLastPInvokeError()})");
        for (int standard = 0; standard <= 2; standard++)
            _ = LibC.Dup2(none, standard);
        if (none > 2)
            _ = LibC.Close(none);
    }

    private static void LeaveWorkingDirectory()
    {
        foreach (string variable in _fileVariables)
        {
            if (Environment.GetEnvironmentVariable(variable) is { Length: > 0 } path)
                Environment.SetEnvironmentVariable(variable, Path.GetFullPath(path));
        }
        Environment.CurrentDirectory = "/";
    }
}
