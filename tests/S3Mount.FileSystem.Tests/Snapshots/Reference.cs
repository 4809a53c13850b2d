using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using S3Mount.ObjectStore;

namespace S3Mount.FileSystem.Tests.Snapshots;

/// <summary>What snapshots should hold, computed the plain way.</summary>
internal static class Reference
{
    /// <summary>Bit by bit, with the polynomial of RFC 3720 reversed.</summary>
    public static uint Crc32C(ReadOnlySpan<byte> bytes)
    {
        uint register = uint.MaxValue;
        foreach (byte one in bytes)
        {
            register ^= one;
            for (int bit = 0; bit < 8; bit++)
                register = (register >> 1) ^ ((register & 1) != 0 ? 0x82f63b78 : 0);
        }
        return ~register;
    }

    /// <param name="objects">In any order; keys below the prefix, tags without quotes.</param>
    public static string Digest(IEnumerable<(string Key, long Size, string ETag)> objects)
    {
        using var bytes = new MemoryStream();
        bytes.Write("s3mount-dataset-1\n"u8);
        foreach ((byte[] key, long size, string etag) in objects
            .Select(one => (Encoding.UTF8.GetBytes(one.Key), one.Size, one.ETag))
            .OrderBy(one => one.Item1, Comparer<byte[]>.Create((left, right) => left.AsSpan().SequenceCompareTo(right))))
        {
            Write(4, key.Length);
            bytes.Write(key);
            Write(8, size);
            byte[] tag = Encoding.UTF8.GetBytes(etag);
            Write(4, tag.Length);
            bytes.Write(tag);
        }
        return "sha256:" + Convert.ToHexStringLower(SHA256.HashData(bytes.ToArray()));

        void Write(int width, long number)
        {
            byte[] field = new byte[8];
            BinaryPrimitives.WriteInt64LittleEndian(field, number);
            bytes.Write(field.AsSpan(0, width));
        }
    }

    /// <summary>The lines of a snapshot of these keys, in no order, and how many of the keys are hidden and shadowed.</summary>
    public static (HashSet<SnapshotLine> Lines, int Hidden, int Shadowed) Tree(IEnumerable<(string Key, ObjectVersion Version, string StorageClass)> objects)
    {
        var directories = new HashSet<string>();
        var files = new Dictionary<string, SnapshotLine>();
        int hidden = 0;
        foreach ((string key, ObjectVersion version, string storageClass) in objects)
        {
            string[] components = key.Split('/');
            int shown = Array.FindIndex(components, component => !IsShown(component));
            bool isMarker = shown == components.Length - 1 && components[^1].Length == 0;
            int directoriesShown = shown < 0 ? components.Length - 1 : shown;
            for (int i = 1; i <= directoriesShown; i++)
                directories.Add(string.Join('/', components[..i]) + "/");
            if (shown < 0)
                files.Add(key, new SnapshotLine(key, version, storageClass));
            else if (!isMarker)
                hidden++;
        }
        int shadowed = files.Keys.Count(file => directories.Contains(file + "/"));
        HashSet<SnapshotLine> lines = [.. files.Values.Where(file => !directories.Contains(file.Path + "/")), .. directories.Select(path => new SnapshotLine(path, default, ""))];
        return (lines, hidden, shadowed);
    }

    /// <summary>How the lines of a tree differ from those before: its files, and directories that have nothing in them.</summary>
    public static IEnumerable<string> Differences(HashSet<SnapshotLine> before, HashSet<SnapshotLine> after)
    {
        Dictionary<string, SnapshotLine> then = before.ToDictionary(line => line.Path), now = after.ToDictionary(line => line.Path);
        return
        [
            .. now.Values.Where(line => IsLeaf(line, now) && !then.ContainsKey(line.Path)).Select(line => $"Added {line.Path}"),
            .. then.Values.Where(line => IsLeaf(line, then) && !now.ContainsKey(line.Path)).Select(line => $"Removed {line.Path}"),
            .. then.Values.Where(line => now.TryGetValue(line.Path, out SnapshotLine? other) && !line.Version.IsSameAs(other.Version)).Select(line => $"Changed {line.Path}"),
        ];

        static bool IsLeaf(SnapshotLine line, Dictionary<string, SnapshotLine> tree) =>
            line.Path[^1] != '/' || !tree.Keys.Any(path => path.Length > line.Path.Length && path.StartsWith(line.Path, StringComparison.Ordinal));
    }

    private static bool IsShown(string name) =>
        name is not ("" or "." or "..") && !name.Contains('\0', StringComparison.Ordinal) && Encoding.UTF8.GetByteCount(name) <= 255;
}
