using System.Text;
using S3Mount.FileSystem.Handover;
using S3Mount.FileSystem.Inodes;

namespace S3Mount.FileSystem.Datasets;

/// <summary>
/// The node ids of several datasets, from the process that ends to the one that goes on. Little-endian:
/// <para>
/// version (2 bytes), the number below which all are taken, the last place, count of datasets; then each: name and identity, with their lengths
/// before them, place, length of its node ids (8 bytes), these as <see cref="InodeState"/> writes them.
/// </para>
/// </summary>
internal sealed class DatasetStates : IDisposable
{
    private const ushort Version = 0x4453; // "SD": what is of one prefix begins with a small number

    private readonly Stream _stream;
    private readonly Dictionary<(string Name, string Identity), (int Place, long At)> _left;

    private DatasetStates(Stream stream, int lastPlace, Dictionary<(string, string), (int, long)> left)
    {
        _stream = stream;
        LastPlace = lastPlace;
        _left = left;
    }

    /// <summary>No place up to it is given to anybody else.</summary>
    public int LastPlace { get; }

    public static void Write(Stream stream, int next, int lastPlace, Dataset[] datasets)
    {
        using var writer = new BinaryWriter(stream, Encoding.UTF8, leaveOpen: true);
        writer.Write(Version);
        writer.Write(next);
        writer.Write(lastPlace);
        writer.Write(datasets.Length);
        foreach (Dataset dataset in datasets)
        {
            writer.Write(dataset.Name);
            writer.Write(dataset.Start.Identity);
            writer.Write(dataset.Place);
            long at = stream.Position;
            writer.Write(0L);
            dataset.Files.SaveInodes(stream);
            long end = stream.Position;
            stream.Position = at;
            writer.Write(end - at - sizeof(long));
            stream.Position = end;
        }
    }

    /// <param name="stream">Stays open until this is disposed, which disposes it.</param>
    /// <exception cref="InvalidDataException">Of another version, or no such state.</exception>
    /// <exception cref="EndOfStreamException">Cut.</exception>
    public static DatasetStates Read(Stream stream, NodeNumbers numbers)
    {
        using var reader = new BinaryReader(stream, Encoding.UTF8, leaveOpen: true);
        if (reader.ReadUInt16() != Version)
            throw new InvalidDataException("it is not of several datasets, or of another version");
        int next = reader.ReadInt32(), lastPlace = reader.ReadInt32();
        var left = new Dictionary<(string, string), (int, long)>();
        for (int count = reader.ReadInt32(); count > 0; count--)
        {
            (string name, string identity) = (reader.ReadString(), reader.ReadString());
            int place = reader.ReadInt32();
            long length = reader.ReadInt64();
            if (length < 0 || length > stream.Length - stream.Position || place < 1 || place > lastPlace || !left.TryAdd((name, identity), (place, stream.Position)))
                throw new InvalidDataException($"dataset {name} makes no sense");
            stream.Position += length;
        }
        numbers.SkipTo(next);
        return new DatasetStates(stream, lastPlace, left);
    }

    /// <summary>What is left of a dataset; once. Null: nothing is, or it was of another prefix or store.</summary>
    public DatasetState? Take(DatasetStart start)
    {
        if (!_left.Remove((start.Name, start.Identity), out (int Place, long At) left))
            return null;
        _stream.Position = left.At;
        return new DatasetState(left.Place, _stream);
    }

    public void Dispose() => _stream.Dispose();
}
