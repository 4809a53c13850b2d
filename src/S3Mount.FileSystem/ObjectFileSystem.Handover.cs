using System.Text;
using S3Mount.FileSystem.Handover;
using S3Mount.FileSystem.Inodes;

namespace S3Mount.FileSystem;

public sealed partial class ObjectFileSystem
{
    /// <summary>
    /// Writes what the kernel holds of this file system, for a process that goes on with it (<see cref="InodeStart.State"/>): some 100 bytes and
    /// its name for each file. When nothing is looked up or forgotten any more.
    /// </summary>
    /// <exception cref="IOException">Of the stream.</exception>
    public void SaveInodes(Stream stream) => InodeState.Write(_inodes, stream);

    private InodeTable CreateInodes()
    {
        byte[] prefix = Encoding.UTF8.GetBytes(_options.Prefix);
        return _options.Inodes switch
        {
            null => new InodeTable(prefix, _readers.Detach, name: _options.Name, owner: _options.Owner),
            { State: { } state } start => InodeState.Read(state, prefix, _readers.Detach, start.Numbers, _options.Name, _options.Owner),
            var start => new InodeTable(prefix, _readers.Detach, start.Numbers, _options.Name, _options.Owner),
        };
    }
}
