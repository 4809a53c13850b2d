using System.Globalization;

namespace S3Mount.MountTests.Mounting;

/// <summary>Finds daemons by the mountpoint on their command line, for a daemon in the background has no other name.</summary>
internal static class DaemonProcesses
{
    public static IReadOnlyList<int> Of(string mountpoint) => Find(directory => Serves(directory, mountpoint));

    /// <summary>By a variable that they were started with: what a configuration file says is not on the command line.</summary>
    /// <param name="assignment"><c>NAME=value</c>.</param>
    public static IReadOnlyList<int> With(string assignment) => Find(directory => IsProgram(Words(directory, "cmdline")) && Words(directory, "environ").Contains(assignment));

    /// <summary>The most bytes that were ever resident (VmHWM).</summary>
    public static long PeakMemoryOf(int processId)
    {
        string line = File.ReadLines($"/proc/{processId}/status").Single(line => line.StartsWith("VmHWM:", StringComparison.Ordinal));
        return long.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture) * 1024;
    }

    private static List<int> Find(Func<string, bool> isMeant)
    {
        var found = new List<int>();
        foreach (string directory in Directory.EnumerateDirectories("/proc"))
        {
            if (int.TryParse(Path.GetFileName(directory), NumberStyles.None, CultureInfo.InvariantCulture, out int id) && isMeant(directory))
                found.Add(id);
        }
        return found;
    }

    private static bool Serves(string directory, string mountpoint)
    {
        string[] words = Words(directory, "cmdline");
        return IsProgram(words) && words.Contains(mountpoint) && !words.Contains("umount");
    }

    // A process that has ended and was not waited for has an empty command line.
    private static bool IsProgram(string[] words) => words[0].EndsWith("/s3mount", StringComparison.Ordinal);

    private static string[] Words(string directory, string file)
    {
        try
        {
            return File.ReadAllText($"{directory}/{file}").Split('\0');
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // It has ended meanwhile.
            return [""];
        }
    }
}
