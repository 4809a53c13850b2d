using System.Globalization;
using System.Text;

namespace S3Mount.Fuse.Mounting;

/// <summary>What is mounted, read without touching any mount.</summary>
public static class MountTable
{
    private const string MountInfo = "/proc/self/mountinfo";

    public static IReadOnlyList<MountTableEntry> Read() => Parse(File.ReadAllBytes(MountInfo));

    /// <summary>The topmost mount on exactly this directory, or null. <paramref name="mountpoint"/> is absolute and without links.</summary>
    public static MountTableEntry? Find(string mountpoint)
    {
        // Lines are in the order of mounting, so the last one on a directory covers the others.
        IReadOnlyList<MountTableEntry> entries = Read();
        for (int i = entries.Count - 1; i >= 0; i--)
        {
            if (entries[i].Mountpoint == mountpoint)
                return entries[i];
        }
        return null;
    }

    /// <summary>The mount that a path lies in, covered ones passed over, or null. <paramref name="path"/> is absolute and without links.</summary>
    public static MountTableEntry? FindAbove(string path) => FindAbove(Read(), path);

    /// <summary>
    /// Unmounts a directory that another process serves (or served): umount2(2) when privileged, fusermount3 -u when not.
    /// </summary>
    /// <exception cref="FuseException">Busy, not mounted, or not allowed.</exception>
    public static void Unmount(string mountpoint, bool lazy)
    {
        string path = MountpointPath.Resolve(mountpoint);
        MountTableEntry entry = Find(path)
            ?? throw new FuseException(FuseFailure.MountFailed, $"nothing is mounted at {path}");
        if (!entry.IsFuse)
            throw new FuseException(FuseFailure.MountFailed, $"{path} is a mount of type {entry.FileSystemType}, not of a FUSE file system");
        Unmounter.Unmount(path, lazy);
    }

    /// <summary>As the kernel walks: from the root, at each directory onto what is mounted there, and on what is mounted there the topmost.</summary>
    public static MountTableEntry? FindAbove(IReadOnlyList<MountTableEntry> entries, string path)
    {
        HashSet<int> ids = [.. entries.Select(entry => entry.MountId)];
        // The parent of the root lies outside of what this process sees, or is the root itself.
        MountTableEntry? current = entries.FirstOrDefault(entry => entry.Mountpoint == "/" && (!ids.Contains(entry.ParentId) || entry.ParentId == entry.MountId));
        // The table is not of one moment: ids that were used again meanwhile could lead in circles.
        for (int left = entries.Count; current is { } mount && left > 0; left--)
        {
            MountTableEntry? next = entries
                .Where(entry => entry.ParentId == mount.MountId && entry.MountId != mount.MountId && IsWithin(path, entry.Mountpoint))
                .MinBy(entry => entry.Mountpoint.Length);
            if (next is null)
                break;
            current = next;
        }
        return current;
    }

    /// <summary>Whether a path is this directory or lies below it.</summary>
    internal static bool IsWithin(string path, string directory) =>
        path.StartsWith(directory, StringComparison.Ordinal) && (path.Length == directory.Length || directory.EndsWith('/') || path[directory.Length] == '/');

    /// <summary>Lines that do not have the form of mountinfo are left out.</summary>
    internal static IReadOnlyList<MountTableEntry> Parse(ReadOnlySpan<byte> text)
    {
        var entries = new List<MountTableEntry>();
        while (!text.IsEmpty)
        {
            int end = text.IndexOf((byte)'\n');
            ReadOnlySpan<byte> line = end < 0 ? text : text[..end];
            text = end < 0 ? default : text[(end + 1)..];
            if (ParseLine(line) is { } entry)
                entries.Add(entry);
        }
        return entries;
    }

    // 36 35 98:0 /root /mountpoint rw,noatime master:1 - ext3 /dev/root rw,errors=continue
    // Optional fields, any number of them, end at the lone hyphen.
    private static MountTableEntry? ParseLine(ReadOnlySpan<byte> line)
    {
        string[] fields = Encoding.UTF8.GetString(line).Split(' ');
        int hyphen = Array.IndexOf(fields, "-", Math.Min(6, fields.Length));
        if (hyphen < 0 || fields.Length < hyphen + 4)
            return null;
        if (!int.TryParse(fields[0], NumberStyles.None, CultureInfo.InvariantCulture, out int mountId)
            || !int.TryParse(fields[1], NumberStyles.None, CultureInfo.InvariantCulture, out int parentId))
            return null;
        return new MountTableEntry(mountId, fields[2], Unescape(fields[4]), fields[hyphen + 1], Unescape(fields[hyphen + 2]),
            Unescape(fields[5] + "," + fields[hyphen + 3]))
        {
            ParentId = parentId,
            Root = Unescape(fields[3]),
        };
    }

    /// <summary>Space, tab, newline, backslash and # are written as three octal digits (mangle_path, fs/seq_file.c).</summary>
    private static string Unescape(string field)
    {
        if (!field.Contains('\\', StringComparison.Ordinal))
            return field;
        var plain = new StringBuilder(field.Length);
        for (int i = 0; i < field.Length; i++)
        {
            if (field[i] == '\\' && i + 3 < field.Length && IsOctal(field[i + 1]) && IsOctal(field[i + 2]) && IsOctal(field[i + 3]))
            {
                plain.Append((char)(((field[i + 1] - '0') << 6) | ((field[i + 2] - '0') << 3) | (field[i + 3] - '0')));
                i += 3;
            }
            else
            {
                plain.Append(field[i]);
            }
        }
        return plain.ToString();
    }

    private static bool IsOctal(char digit) => digit is >= '0' and <= '7';
}
