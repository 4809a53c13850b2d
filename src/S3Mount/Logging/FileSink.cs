using System.Text;
using Microsoft.Extensions.Logging;

namespace S3Mount.Logging;

/// <summary>A file that is appended to, opened anew on SIGHUP.</summary>
internal sealed class FileSink : ILogSink
{
    private readonly string _path;
    private FileStream _stream;
    private volatile bool _reopen;

    /// <exception cref="IOException">The file cannot be opened.</exception>
    /// <exception cref="UnauthorizedAccessException">Likewise.</exception>
    public FileSink(string path)
    {
        _path = path;
        _stream = Open(path);
    }

    public void Write(LogLevel level, DateTimeOffset time, string message)
    {
        try
        {
            if (_reopen)
            {
                _reopen = false;
                FileStream opened = Open(_path);
                _stream.Dispose();
                _stream = opened;
            }
            _stream.Write(Encoding.UTF8.GetBytes(LineFormat.WithTime(level, time, message)));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // A full or vanished disk must not stop a mount; the line is lost.
        }
    }

    /// <summary>Before the next line; any thread.</summary>
    public void Reopen() => _reopen = true;

    public void Dispose() => _stream.Dispose();

    private static FileStream Open(string path) =>
        new(path, new FileStreamOptions { Mode = FileMode.Append, Access = FileAccess.Write, Share = FileShare.ReadWrite | FileShare.Delete, BufferSize = 0 });
}
