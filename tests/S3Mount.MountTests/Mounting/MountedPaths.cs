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

    public static string SourceOf(string path) => FieldsOf(path)[^2];

    // Of the topmost mount; in a source the kernel writes spaces and the like as octal numbers.
    private static string[] FieldsOf(string path) => File.ReadLines("/proc/self/mountinfo").Last(line => line.Split(' ')[4] == path).Split(' ');
}
