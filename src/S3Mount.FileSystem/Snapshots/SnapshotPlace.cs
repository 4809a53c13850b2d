using System.Runtime.InteropServices;
using Mono.Unix.Native;

namespace S3Mount.FileSystem.Snapshots;

/// <summary>What is in the place of a file that is to be written.</summary>
internal static class SnapshotPlace
{
    /// <summary>A file name in the wrong place is no reason to lose what is in that file.</summary>
    /// <exception cref="IOException">There is something that is no file.</exception>
    /// <exception cref="SnapshotException">There is a file of another kind.</exception>
    public static void ThrowIfForeign(string path, SnapshotKind kind)
    {
        if (Syscall.stat(path, out Stat stat) != 0)
            return;
        FilePermissions type = stat.st_mode & FilePermissions.S_IFMT;
        if (type == FilePermissions.S_IFDIR)
            throw new IOException("it is a directory");
        // Neither a pipe nor a device is written to, and least of all replaced.
        if (type != FilePermissions.S_IFREG)
            throw new IOException("it is not a regular file");
        if (stat.st_size == 0 || IsOurs(path, kind))
            return;
        throw new SnapshotException(SnapshotFailure.Unwritable, kind == SnapshotKind.Pinned
            ? $"{path} is there and is not a snapshot; remove it, or write another file"
            : $"{path} is there and is none that a mount has saved; remove it");
    }

    /// <summary>Whether a file, whole or not, is one of this kind; what ends before it says of which kind it is may be.</summary>
    /// <exception cref="IOException"/>
    /// <exception cref="UnauthorizedAccessException"/>
    public static bool IsOurs(string path, SnapshotKind kind)
    {
        byte[] start = new byte[HeaderRecord.Length];
        using FileStream stream = File.OpenRead(path);
        int length = stream.ReadAtLeast(start, start.Length, throwOnEndOfStream: false);
        HeaderRecord header = MemoryMarshal.Read<HeaderRecord>(start);
        SnapshotKind other = kind == SnapshotKind.Saved ? SnapshotKind.Pinned : SnapshotKind.Saved;
        return header.Magic == SnapshotFormat.Magic && (length < HeaderRecord.Length || header.Kind != other);
    }
}
