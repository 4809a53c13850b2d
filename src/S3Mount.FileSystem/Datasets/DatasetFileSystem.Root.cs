using System.Buffers;
using Mono.Unix.Native;
using S3Mount.Fuse.Protocol;
using S3Mount.Fuse.Session;

namespace S3Mount.FileSystem.Datasets;

public sealed partial class DatasetFileSystem
{
    private const uint DirectoryType = 4; // DT_DIR

    // READDIR's offsets: "." is 1, ".." is 2, and each dataset has its own for ever, so that a reader goes on in the right place whatever came
    // or went meanwhile.
    private const int DotEntries = 2;

    private ValueTask LookupInRoot(FuseRequest request, ReadOnlySpan<byte> name)
    {
        foreach (Dataset dataset in Volatile.Read(ref _datasets))
        {
            if (!name.SequenceEqual(dataset.NameBytes))
                continue;
            request.ReplyEntry(dataset.Files.RootEntry());
            return default;
        }
        // Node id 0: the kernel may remember that there is none until it is told otherwise.
        FuseEntryOut negative = default;
        negative.SetEntryTimeout(_options.NegativeMetadataTtl);
        request.ReplyEntry(negative);
        return default;
    }

    private ValueTask AnswerRootAttr(FuseRequest request, bool statx)
    {
        FuseAttr attributes = _attributes.Write(_root);
        var changedAt = new DateTimeOffset(Volatile.Read(ref _changedAt), TimeSpan.Zero);
        attributes.Mtime = (ulong)changedAt.ToUnixTimeSeconds();
        attributes.MtimeNsec = (uint)(changedAt.Ticks % TimeSpan.TicksPerSecond * 100);
        ObjectFileSystem.ReplyAttr(request, attributes, _caches.Clock.Until(_caches.Clock.After(_options.MetadataTtl)), statx);
        return default;
    }

    private ValueTask ListRoot(FuseRequest request, in FuseReadIn read, bool plus)
    {
        byte[] buffer = ArrayPool<byte>.Shared.Rent((int)read.Size);
        try
        {
            var writer = new DirentWriter(buffer.AsSpan(0, (int)read.Size));
            bool isWhole = TryAddDots(ref writer, read.Offset, plus);
            foreach (Dataset dataset in Volatile.Read(ref _datasets))
            {
                if (!isWhole)
                    break;
                ulong offset = (ulong)dataset.Place + DotEntries;
                if (offset > read.Offset)
                    isWhole = TryAdd(ref writer, dataset, offset, plus);
            }
            // An empty answer would be the end of the directory.
            if (writer.Length == 0 && !isWhole)
                request.ReplyError(Errno.EINVAL);
            else
                request.ReplyBytes(buffer.AsSpan(0, writer.Length));
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
        return default;
    }

    private bool TryAddDots(ref DirentWriter writer, ulong after, bool plus)
    {
        for (ulong offset = after + 1; offset <= DotEntries; offset++)
        {
            ReadOnlySpan<byte> name = offset == 1 ? "."u8 : ".."u8;
            if (!(plus ? writer.TryAddPlus(default, _root.Ino, offset, DirectoryType, name) : writer.TryAdd(_root.Ino, offset, DirectoryType, name)))
                return false;
        }
        return true;
    }

    // A directory has no lookup count, so that one given in vain is no loss.
    private static bool TryAdd(ref DirentWriter writer, Dataset dataset, ulong offset, bool plus)
    {
        FuseEntryOut entry = dataset.Files.RootEntry();
        return plus
            ? writer.TryAddPlus(entry, entry.Attr.Ino, offset, DirectoryType, dataset.NameBytes)
            : writer.TryAdd(entry.Attr.Ino, offset, DirectoryType, dataset.NameBytes);
    }
}
