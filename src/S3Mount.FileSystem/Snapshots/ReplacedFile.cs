using Mono.Unix.Native;

namespace S3Mount.FileSystem.Snapshots;

/// <summary>
/// A file that takes the place of another when it is complete: until then it has a name of its own beside it, and goes when it
/// is disposed. One thread.
/// </summary>
internal sealed class ReplacedFile : IDisposable
{
    private readonly string _path;
    private readonly string _directory;
    private readonly string _temporary;
    private bool _isCommitted;

    /// <exception cref="IOException"/>
    /// <exception cref="UnauthorizedAccessException"/>
    public ReplacedFile(string path)
    {
        _path = Path.GetFullPath(path);
        _directory = Path.GetDirectoryName(_path) ?? throw new IOException("it is a directory");
        // In the same directory, for only there can it be renamed in one step (rename(2)).
        _temporary = Path.Combine(_directory, $".{Path.GetFileName(_path)}.{Path.GetRandomFileName()}");
        Stream = new FileStream(_temporary, FileMode.CreateNew, FileAccess.ReadWrite, FileShare.None, bufferSize: 0);
    }

    /// <summary>Unbuffered.</summary>
    public FileStream Stream { get; }

    /// <summary>On disk, under its name, when it returns.</summary>
    /// <exception cref="IOException"/>
    /// <exception cref="UnauthorizedAccessException"/>
    public void Commit()
    {
        Stream.Flush(flushToDisk: true);
        Stream.Dispose();
        File.Move(_temporary, _path, overwrite: true);
        _isCommitted = true;
        SyncDirectory();
    }

    public void Dispose()
    {
        Stream.Dispose();
        if (!_isCommitted)
            File.Delete(_temporary);
    }

    // The name itself is on disk when the directory is (fsync(2)). .NET opens no directories.
    private void SyncDirectory()
    {
        int directory = Syscall.open(_directory, OpenFlags.O_RDONLY | OpenFlags.O_DIRECTORY | OpenFlags.O_CLOEXEC);
        if (directory < 0)
            throw Failure("opening");
        try
        {
            // Some file systems cannot: EINVAL (fsync(2)).
            if (Syscall.fsync(directory) != 0 && Stdlib.GetLastError() != Errno.EINVAL)
                throw Failure("writing");
        }
        finally
        {
            _ = Syscall.close(directory);
        }
    }

    private IOException Failure(string what) => new($"{what} directory {_directory}: {Stdlib.strerror(Stdlib.GetLastError())}");
}
