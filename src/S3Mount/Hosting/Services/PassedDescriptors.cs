using System.Globalization;
using S3Mount.Interop;

namespace S3Mount.Hosting.Services;

/// <summary>
/// Descriptors that systemd hands to a process, from 3 on: those of its sockets and of the service's descriptor store (sd_listen_fds(3)).
/// Whoever takes one owns it; the others stay open.
/// </summary>
internal sealed class PassedDescriptors
{
    public const string CountVariable = "LISTEN_FDS";
    public const string ProcessVariable = "LISTEN_PID";
    public const string NamesVariable = "LISTEN_FDNAMES";

    private const int First = 3;

    // More than any unit of ours has; a guard against a variable that means something else.
    private const int Most = 1024;

    private readonly Dictionary<string, int> _descriptors = [];

    /// <summary>Of this process, once: the variables are not passed on to its children, nor are the descriptors.</summary>
    public static PassedDescriptors OfProcess()
    {
        var passed = new PassedDescriptors(Environment.GetEnvironmentVariable(ProcessVariable), Environment.GetEnvironmentVariable(CountVariable), Environment.GetEnvironmentVariable(NamesVariable));
        foreach (string variable in (ReadOnlySpan<string>)[ProcessVariable, CountVariable, NamesVariable])
            Environment.SetEnvironmentVariable(variable, null);
        foreach (int descriptor in passed._descriptors.Values)
            _ = LibC.Fcntl(descriptor, LibC.F_SETFD, LibC.FD_CLOEXEC);
        return passed;
    }

    internal PassedDescriptors(string? process, string? count, string? names)
    {
        if (process != Environment.ProcessId.ToString(CultureInfo.InvariantCulture) || !int.TryParse(count, NumberStyles.None, CultureInfo.InvariantCulture, out int number) || number > Most)
            return;
        string[] known = (names ?? "").Split(':');
        for (int i = 0; i < number && i < known.Length; i++)
            _descriptors[known[i]] = First + i;
    }

    /// <summary>The descriptor of that name, the last of several, which is the caller's from now on; null: there is none.</summary>
    public int? Take(string name) => _descriptors.Remove(name, out int descriptor) ? descriptor : null;
}
