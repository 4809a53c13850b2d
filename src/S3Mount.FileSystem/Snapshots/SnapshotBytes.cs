using Microsoft.Win32.SafeHandles;
using Mono.Unix.Native;
using S3Mount.ObjectStore;

namespace S3Mount.FileSystem.Snapshots;

/// <summary>The bytes of a snapshot file, and the lines for what is wrong with them. One thread.</summary>
internal sealed class SnapshotBytes : IDisposable
{
    private readonly string _path;
    private readonly SafeFileHandle _file;

    private SnapshotBytes(string path, SafeFileHandle file)
    {
        _path = path;
        _file = file;
        Length = RandomAccess.GetLength(file);
    }

    /// <summary>When it was opened.</summary>
    public long Length { get; }

    /// <exception cref="SnapshotException">It cannot be opened, or is no regular file.</exception>
    public static SnapshotBytes Open(string path)
    {
        // Opening a pipe would wait for who writes to it.
        if (Syscall.stat(path, out Stat stat) == 0 && (stat.st_mode & FilePermissions.S_IFMT) != FilePermissions.S_IFREG)
            throw new SnapshotException(SnapshotFailure.NotASnapshot, $"{path} is not a snapshot: it is not a regular file");
        try
        {
            return new SnapshotBytes(path, File.OpenHandle(path));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw Unreadable(path, e);
        }
    }

    public static SnapshotException Damaged(string path, string what) =>
        new(SnapshotFailure.Damaged, $"{path} is damaged: {what}; copy it again, or make it anew with: s3mount snapshot create");

    /// <exception cref="SnapshotException">The file ends before that, or cannot be read.</exception>
    public byte[] Read(long offset, long length)
    {
        byte[] bytes = GC.AllocateUninitializedArray<byte>(checked((int)length));
        try
        {
            int filled = 0;
            while (filled < bytes.Length)
            {
                int read = RandomAccess.Read(_file, bytes.AsSpan(filled), offset + filled);
                if (read == 0)
                    throw CutShort(offset + length);
                filled += read;
            }
            return bytes;
        }
        catch (IOException e)
        {
            throw Unreadable(_path, e);
        }
    }

    /// <summary>A whole section that one array holds, its checksum tried.</summary>
    public byte[] ReadSection(in SectionRecord section)
    {
        if (section.SectionLength > (ulong)SnapshotFormat.MaxBlockLength)
            throw Damaged(_path, "a section is too long");
        byte[] bytes = Read((long)section.Offset, (long)section.SectionLength);
        return Crc32C.Append(0, bytes) == section.Checksum ? bytes : throw Damaged(_path, $"the {section.Kind} do not have their checksum");
    }

    public SnapshotException CutShort(long expected) => new(
        SnapshotFailure.CutShort,
        $"{_path} is cut short: it has {RandomAccess.GetLength(_file)} bytes of at least {expected}; copy it again, or make it anew with: s3mount snapshot create");

    public void Dispose() => _file.Dispose();

    private static SnapshotException Unreadable(string path, Exception e)
    {
        string reason = e switch
        {
            FileNotFoundException or DirectoryNotFoundException => "no such file or directory",
            UnauthorizedAccessException => "permission denied",
            _ => e.Message,
        };
        return new SnapshotException(SnapshotFailure.Unreadable, $"{path} cannot be read: {reason}", e);
    }
}
