using System.Text;
using S3Mount.FileSystem.Inodes;
using S3Mount.Fuse;
using S3Mount.ObjectStore;

namespace S3Mount.FileSystem.Handover;

/// <summary>
/// The node ids that the kernel holds, with their keys, versions and lookup counts, as bytes: from the process that ends to the one that goes
/// on. Little-endian; strings have their length before them. Whole or damaged is for the caller to know: there is no checksum in it.
/// <para>
/// version (2 bytes), prefix, the number below which all are taken, count of chunks of numbers, the first number of each, count of
/// directories; then each, the root first: number of its parent (of the root 0), name, number of its next slab, count of files; then each file, by slot: slot,
/// flags, lookups, size, LastModified, storage class, tag, name.
/// </para>
/// </summary>
internal static class InodeState
{
    private const ushort Version = 2;
    private const byte Named = 1;
    private const byte Doubtful = 2;

    public static void Write(InodeTable table, Stream stream)
    {
        using var writer = new BinaryWriter(stream, Encoding.UTF8, leaveOpen: true);
        DirectoryInode[] directories = table.Directories();
        int[] chunks = table.Chunks();
        writer.Write(Version);
        WriteBytes(writer, table.Root.Prefix);
        writer.Write(table.NextNumber);
        writer.Write(chunks.Length);
        foreach (int first in chunks)
            writer.Write(first);
        writer.Write(directories.Length);
        foreach (DirectoryInode directory in directories)
        {
            lock (directory.Gate)
                Write(writer, directory);
        }
    }

    /// <exception cref="InvalidDataException">Of another version, of another prefix, or no such state.</exception>
    /// <exception cref="EndOfStreamException">Cut.</exception>
    /// <param name="name">This and the owner: as <see cref="InodeTable"/> is given them.</param>
    public static InodeTable Read(Stream stream, byte[] prefix, Action<NodeId> onForgotten, NodeNumbers numbers, byte[]? name = null, object? owner = null)
    {
        using var reader = new BinaryReader(stream, Encoding.UTF8, leaveOpen: true);
        if (reader.ReadUInt16() is var version && version != Version)
            throw new InvalidDataException($"it is of version {version}, and this program reads version {Version}");
        if (!ReadBytes(reader).AsSpan().SequenceEqual(prefix))
            throw new InvalidDataException("it is of another prefix");
        int next = reader.ReadInt32();
        int[] chunks = ReadChunks(reader, next);
        int count = reader.ReadInt32();
        if (count < 1 || count > (long)chunks.Length * NodeNumbers.ChunkSize)
            throw new InvalidDataException($"it has {count} directories");
        numbers.SkipTo(next);
        var table = new InodeTable(prefix, onForgotten, numbers, name, owner, chunks);
        for (int i = 0; i < count; i++)
            Read(reader, table, isRoot: i == 0);
        return table;
    }

    private static int[] ReadChunks(BinaryReader reader, int next)
    {
        int count = reader.ReadInt32();
        if (count < 1 || count > next / NodeNumbers.ChunkSize)
            throw new InvalidDataException($"it has {count} chunks of numbers below {next}");
        int[] chunks = new int[count];
        for (int i = 0; i < count; i++)
        {
            chunks[i] = reader.ReadInt32();
            if (chunks[i] < 0 || chunks[i] % NodeNumbers.ChunkSize != 0 || chunks[i] > next - NodeNumbers.ChunkSize || Array.IndexOf(chunks, chunks[i]) != i)
                throw new InvalidDataException($"chunk {chunks[i]} makes no sense");
        }
        return chunks;
    }

    private static void Write(BinaryWriter writer, DirectoryInode directory)
    {
        EntryRef[] files = directory.Known.All();
        writer.Write(directory.Parent?.Number ?? 0);
        WriteBytes(writer, directory.Name);
        writer.Write(directory.NextSlab);
        writer.Write(files.Length);
        foreach (EntryRef file in files)
        {
            ref Entry entry = ref file.Slab[file.Index];
            bool isNamed = directory.Known.TryFind(file.Name, out EntryRef named) && named == file;
            writer.Write(file.Slot);
            writer.Write((byte)((isNamed ? Named : 0) | (file.IsDoubtful ? Doubtful : 0)));
            writer.Write(entry.Lookups);
            writer.Write(file.Size);
            writer.Write(file.LastModified);
            writer.Write(file.StorageClass);
            writer.Write(file.Version.ETag.ToString());
            WriteBytes(writer, file.Name);
        }
    }

    private static void Read(BinaryReader reader, InodeTable table, bool isRoot)
    {
        DirectoryInode? parent = table.FindDirectory(reader.ReadInt32());
        byte[] name = ReadBytes(reader);
        if ((name.Length == 0) != isRoot || (parent is null && !isRoot))
            throw new InvalidDataException("a directory comes before its parent, or has no name");
        DirectoryInode directory = isRoot ? table.Root : table.GetDirectory(parent!, name);
        int nextSlab = reader.ReadInt32();
        EntrySlab? slab = null;
        for (int left = reader.ReadInt32(); left > 0; left--)
            slab = ReadFile(reader, table, directory, slab);
        slab?.Trim();
        directory.NextSlab = nextSlab;
    }

    private static EntrySlab ReadFile(BinaryReader reader, InodeTable table, DirectoryInode directory, EntrySlab? slab)
    {
        uint slot = reader.ReadUInt32();
        byte flags = reader.ReadByte();
        uint lookups = reader.ReadUInt32();
        long size = reader.ReadInt64(), lastModified = reader.ReadInt64();
        string storageClass = reader.ReadString();
        var tag = ETag.Parse(reader.ReadString());
        byte[] name = ReadBytes(reader);
        (int number, int index) = ((int)(slot / EntrySlab.Capacity), (int)(slot % EntrySlab.Capacity));
        if (slab?.Number != number)
        {
            if (slab?.Number > number)
                throw new InvalidDataException("its files are not in order");
            slab?.Trim();
            slab = new EntrySlab(number);
        }
        if (index < slab.Count || name.Length == 0 || size < 0 || lookups == 0)
            throw new InvalidDataException($"file {slot} of directory {directory.Number} makes no sense");
        // What the kernel did not know has no name here, so that nobody finds it; slots stay as they were.
        while (slab.Count < index)
            slab.AddDirectory([]);
        slab.AddFile(name, new ObjectVersion(tag, size, lastModified), StorageClassCodes.Of(storageClass));
        var file = new EntryRef(slab, index);
        lock (directory.Gate)
        {
            file.IsDoubtful = (flags & Doubtful) != 0;
            table.Restore(directory, file, lookups, (flags & Named) != 0);
        }
        return slab;
    }

    private static void WriteBytes(BinaryWriter writer, ReadOnlySpan<byte> bytes)
    {
        writer.Write((ushort)bytes.Length);
        writer.Write(bytes);
    }

    private static byte[] ReadBytes(BinaryReader reader)
    {
        int length = reader.ReadUInt16();
        byte[] bytes = reader.ReadBytes(length);
        return bytes.Length == length ? bytes : throw new EndOfStreamException();
    }
}
