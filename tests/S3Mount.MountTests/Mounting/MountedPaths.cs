namespace S3Mount.MountTests.Mounting;

/// <summary>What the kernel says is mounted; asking does not touch the mounts.</summary>
internal static class MountedPaths
{
    public static bool Contains(string path) => Count(path) > 0;

    /// <summary>How often something is mounted there, one mount on the other.</summary>
    public static int Count(string path) => File.ReadLines("/proc/self/mountinfo").Count(line => line.Split(' ')[4] == path);

    /// <summary>The options of the mount and of its file system.</summary>
    public static string OptionsOf(string path)
    {
        string[] fields = FieldsOf(path);
        return $"{fields[5]},{fields[^1]}";
    }

    // The kernel writes # as an octal number, lest it begin a comment (mangle, fs/proc_namespace.c).
    public static string SourceOf(string path) => FieldsOf(path)[^2].Replace("\\043", "#", StringComparison.Ordinal);

    // Of the topmost mount.
    private static string[] FieldsOf(string path) => File.ReadLines("/proc/self/mountinfo").Last(line => line.Split(' ')[4] == path).Split(' ');
}
