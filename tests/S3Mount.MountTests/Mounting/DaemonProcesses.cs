using System.Globalization;

namespace S3Mount.MountTests.Mounting;

/// <summary>Finds daemons by the mountpoint on their command line, for a daemon in the background has no other name.</summary>
internal static class DaemonProcesses
{
    public static IReadOnlyList<int> Of(string mountpoint)
    {
        var found = new List<int>();
        foreach (string directory in Directory.EnumerateDirectories("/proc"))
        {
            if (int.TryParse(Path.GetFileName(directory), NumberStyles.None, CultureInfo.InvariantCulture, out int id) && Serves(directory, mountpoint))
                found.Add(id);
        }
        return found;
    }

    /// <summary>The most bytes that were ever resident (VmHWM).</summary>
    public static long PeakMemoryOf(int processId)
    {
        string line = File.ReadLines($"/proc/{processId}/status").Single(line => line.StartsWith("VmHWM:", StringComparison.Ordinal));
        return long.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture) * 1024;
    }

    private static bool Serves(string directory, string mountpoint)
    {
        try
        {
            // A process that has ended and was not waited for has an empty command line.
            string[] words = File.ReadAllText($"{directory}/cmdline").Split('\0');
            return words[0].EndsWith("/s3mount", StringComparison.Ordinal) && words.Contains(mountpoint) && !words.Contains("umount");
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // It has ended meanwhile.
            return false;
        }
    }
}
