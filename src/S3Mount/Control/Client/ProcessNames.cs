using System.Globalization;
using System.Runtime.InteropServices;
using S3Mount.Interop;

namespace S3Mount.Control.Client;

/// <summary>Who the readers of a mount are, by /proc. One thread.</summary>
/// <param name="isHere">Whether the pids of the mount are those of this process's pid namespace.</param>
/// <param name="root">Of /proc.</param>
internal sealed class ProcessNames(bool isHere, string root = "/proc")
{
    // What is remembered is of threads that the daemon still knows: those that it has forgotten are forgotten here, too.
    private Dictionary<uint, ReaderProcess> _known = [];

    /// <summary>Whether a daemon counts its readers in the pid namespace of this process.</summary>
    /// <param name="peer">The daemon, as the kernel names it here; 0: it has no number here.</param>
    /// <param name="own">As it names itself.</param>
    public static bool AreHere(int peer, int own)
    {
        string? here = NamespaceOf("self"), there = NamespaceOf(peer.ToString(CultureInfo.InvariantCulture));
        // Of another user's process it is not told.
        return here is not null && there is not null ? here == there : peer != 0 && peer == own;
    }

    /// <param name="pids">Of threads, as the daemon has them.</param>
    /// <param name="isLooked">Whether one is looked at again, because it has just read.</param>
    public IReadOnlyDictionary<uint, ReaderProcess> Find(IEnumerable<uint> pids, Func<uint, bool> isLooked)
    {
        var found = new Dictionary<uint, ReaderProcess>();
        foreach (uint pid in pids)
            found[pid] = _known.TryGetValue(pid, out ReaderProcess? known) && !isLooked(pid) ? known : Look(pid, known);
        return _known = found;
    }

    private ReaderProcess Look(uint pid, ReaderProcess? known)
    {
        if (pid == 0)
            return ReaderProcess.Elsewhere;
        if (!isHere)
            return new ReaderProcess(pid, "", "not seen from here");
        try
        {
            uint process = ProcessOf(pid);
            return new ReaderProcess(process, File.ReadAllText(string.Create(CultureInfo.InvariantCulture, $"{root}/{process}/comm")).TrimEnd('\n'), null);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or FormatException)
        {
            return (known ?? new ReaderProcess(pid, "", null)) with { Note = HasEnded(pid) ? "ended" : "hidden from this user" };
        }
    }

    private uint ProcessOf(uint thread)
    {
        const string Field = "Tgid:";
        string line = File.ReadLines(string.Create(CultureInfo.InvariantCulture, $"{root}/{thread}/status")).FirstOrDefault(line => line.StartsWith(Field, StringComparison.Ordinal))
            ?? throw new FormatException("no Tgid");
        return uint.Parse(line.AsSpan(Field.Length).Trim(), NumberStyles.None, CultureInfo.InvariantCulture);
    }

    // /proc may be mounted so that others' processes are not shown (hidepid).
    private static bool HasEnded(uint pid) => LibC.Kill((int)pid, 0) != 0 && Marshal.GetLastPInvokeError() == LibC.ESRCH;

    private static string? NamespaceOf(string process)
    {
        try
        {
            return File.ResolveLinkTarget($"/proc/{process}/ns/pid", returnFinalTarget: false)?.Name;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
