using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using System.Text;
using Mono.Unix.Native;
using S3Mount.Fuse.Interop;

namespace S3Mount.Fuse.Mounting;

/// <summary>
/// fusermount3 of libfuse: a setuid program that mounts and unmounts for users. It opens /dev/fuse itself and hands the
/// descriptor back over a socket whose number it finds in _FUSE_COMMFD (util/fusermount.c, libfuse 3).
/// </summary>
internal static class Fusermount
{
    private const string Program = "fusermount3";

    /// <summary>Mounting takes milliseconds; the deadline is for a parent directory on a file system that hangs.</summary>
    private static readonly TimeSpan _deadline = TimeSpan.FromSeconds(20);

    /// <summary>How long its last words may take after it has ended.</summary>
    private static readonly TimeSpan _outputDeadline = TimeSpan.FromSeconds(2);

    // PATH, and where packages put programs when PATH is the short one of a service.
    private static string SearchPath => Environment.GetEnvironmentVariable("PATH") + ":/usr/bin:/bin:/usr/local/bin:/usr/sbin:/sbin";

    /// <exception cref="FuseException"><see cref="FuseFailure.NoFusermount"/>.</exception>
    public static void Check() => Locate(SearchPath);

    public static FileDescriptor Mount(string mountpoint, FuseMountOptions options)
    {
        using var socket = new DescriptorSocket();
        string commFd = socket.ShareFarEnd().ToString(CultureInfo.InvariantCulture);
        (int exitCode, string output) = Run(["-o", OptionsOf(options), "--", mountpoint], commFd, socket.CloseFarEnd);
        if (exitCode != 0)
            throw FailureOf(output, options);
        return socket.TakeDescriptor()
            ?? throw new FuseException(FuseFailure.MountFailed, $"{Program} mounted {mountpoint} but handed over no descriptor: {output}");
    }

    public static void Unmount(string mountpoint, bool lazy)
    {
        string[] arguments = lazy ? ["-u", "-z", "--", mountpoint] : ["-u", "--", mountpoint];
        (int exitCode, string output) = Run(arguments, null, () => { });
        if (exitCode == 0)
            return;
        // It says why only in words; its own are English, and LC_ALL=C makes strerror's so.
        FuseFailure failure = output.Contains("busy", StringComparison.Ordinal) ? FuseFailure.Busy : FuseFailure.MountFailed;
        string message = failure == FuseFailure.Busy ? Unmounter.BusyMessage(mountpoint) : $"cannot unmount {mountpoint}: {output}";
        throw new FuseException(failure, message);
    }

    /// <summary>The -o list. A comma or backslash in the source would end the option: fusermount3 takes them escaped.</summary>
    internal static string OptionsOf(FuseMountOptions options)
    {
        var list = new StringBuilder(options.ReadOnly ? "ro" : "rw");
        list.Append(",nosuid,nodev");
        if (options.NoExec)
            list.Append(",noexec");
        if (options.DefaultPermissions)
            list.Append(",default_permissions");
        if (options.AllowOther)
            list.Append(",allow_other");
        list.Append(CultureInfo.InvariantCulture, $",max_read={options.MaxRead},subtype={options.Subtype},fsname=");
        foreach (char character in options.Source)
            list.Append(character is ',' or '\\' ? "\\" : "").Append(character);
        return list.ToString();
    }

    internal static FuseException FailureOf(string output, FuseMountOptions options)
    {
        if (options.AllowOther && output.Contains("user_allow_other", StringComparison.Ordinal))
        {
            return new FuseException(FuseFailure.AllowOtherForbidden,
                "other users may be let in by root only, or where /etc/fuse.conf has a line 'user_allow_other': add it, or mount without");
        }
        if (output.Contains("/dev/fuse", StringComparison.Ordinal) || output.Contains("fuse device not found", StringComparison.Ordinal))
        {
            return new FuseException(FuseFailure.NoDevice, $"{output}; load the module with 'modprobe fuse', let the container have /dev/fuse, "
                + "and let users open it ('chmod 666 /dev/fuse', which udev does where it runs)");
        }
        if (output.Contains("no write access to mountpoint", StringComparison.Ordinal) || output.Contains("bad mount point", StringComparison.Ordinal))
            return new FuseException(FuseFailure.BadMountpoint, output);
        if (output.Contains("Operation not permitted", StringComparison.Ordinal))
            return new FuseException(FuseFailure.MountFailed, $"{output}; in a container, add the capability SYS_ADMIN");
        return new FuseException(FuseFailure.MountFailed, output.Length > 0 ? output : $"{Program} failed without a word");
    }

    /// <summary>Where the program is. One that may not be executed is passed over, as execvp(3) does.</summary>
    internal static string Locate(string path)
    {
        string? refused = null;
        foreach (string directory in path.Split(':', StringSplitOptions.RemoveEmptyEntries))
        {
            string candidate = Path.Join(directory, Program);
            if (!File.Exists(candidate))
                continue;
            if (Syscall.access(candidate, AccessModes.X_OK) == 0)
                return candidate;
            refused ??= candidate;
        }
        if (refused is not null)
            throw CannotRun(refused, "permission denied");
        throw new FuseException(FuseFailure.NoFusermount,
            $"mounting without root (CAP_SYS_ADMIN) needs {Program}: install the package fuse3 (apt-get install fuse3)");
    }

    private static FuseException CannotRun(string program, string why, Exception? innerException = null) =>
        new(FuseFailure.NoFusermount, $"{program} cannot be executed ({why}): install the package fuse3 anew (apt-get install --reinstall fuse3)", innerException);

    private static (int ExitCode, string Output) Run(string[] arguments, string? commFd, Action started)
    {
        var start = new ProcessStartInfo(Locate(SearchPath), arguments) { RedirectStandardError = true, UseShellExecute = false };
        using var process = new Process { StartInfo = start };
        process.StartInfo.Environment["LC_ALL"] = "C";
        process.StartInfo.Environment["_FUSE_COMMFD"] = commFd;
        var output = new StringBuilder();
        using var isRead = new ManualResetEventSlim();
        process.ErrorDataReceived += (_, line) =>
        {
            if (line.Data is null)
                isRead.Set();
            else
                output.Append(output.Length > 0 ? "; " : "").Append(line.Data);
        };
        Start(process);
        started();
        process.BeginErrorReadLine();
        if (!process.WaitForExit(_deadline))
        {
            process.Kill();
            throw new FuseException(FuseFailure.MountFailed, $"{Program} did not end within {_deadline.TotalSeconds} s");
        }
        isRead.Wait(_outputDeadline);
        return (process.ExitCode, output.ToString());
    }

    private static void Start(Process process)
    {
        try
        {
            process.Start();
        }
        catch (Win32Exception e)
        {
            // Another processor's, or damaged.
            throw CannotRun(process.StartInfo.FileName, ((Errno)e.NativeErrorCode).ToString(), e);
        }
    }
}
