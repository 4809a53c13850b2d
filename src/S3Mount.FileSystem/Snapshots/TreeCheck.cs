using System.Text.Unicode;
using S3Mount.FileSystem.Listing;

namespace S3Mount.FileSystem.Snapshots;

/// <summary>
/// Whether directories make a tree that can be read without harm. A file with right checksums that fails here comes from another
/// program, or from somebody who means harm: names go to the kernel, and binary search relies on their order.
/// </summary>
internal sealed class TreeCheck(string path, SnapshotKind kind, DirectoryBlock[] directories, int storageClasses, int stringsLength)
{
    private long _files;
    private long _bytes;
    private long _children;

    /// <exception cref="SnapshotException"/>
    public void Check(in SummaryRecord summary)
    {
        for (int number = 0; number < directories.Length; number++)
            CheckDirectory(number);
        // Each directory is the child that it says it is, and there are as many children as directories: each has one entry.
        if (directories[0].Parent != 0 || _children != directories.Length - 1)
            throw Damaged("its directories do not make a tree");
        if (_files != summary.Files || _bytes != summary.Bytes || summary.Directories != directories.Length - 1)
            throw Damaged("its summary does not fit its listings");
    }

    private void CheckDirectory(int number)
    {
        DirectoryBlock block = directories[number];
        if (!block.IsListed && kind == SnapshotKind.Pinned)
            throw Damaged("a directory has not been listed");
        ReadOnlySpan<EntryRecord> entries = block.Entries;
        ReadOnlySpan<byte> names = block.Names;
        // All names at once, which is several times as fast as one after the other: no NUL, no slash, UTF-8.
        if (names.IndexOfAny((byte)0, (byte)'/') >= 0 || !Utf8.IsValid(names))
            throw Damaged("a name is none that a path can have");
        ReadOnlySpan<byte> last = default;
        uint start = 0;
        for (int i = 0; i < entries.Length; i++)
        {
            ref readonly EntryRecord entry = ref entries[i];
            uint end = i + 1 < entries.Length ? entries[i + 1].NameOffset : (uint)names.Length;
            if (entry.NameOffset != start || end < start || end > (uint)names.Length || !entry.IsSound(storageClasses, stringsLength))
                throw Damaged("an entry points outside");
            ReadOnlySpan<byte> name = names[(int)start..(int)end];
            if (!IsName(name))
                throw Damaged("a name is none that a path can have");
            if (i > 0 && EntryOrder.Compare(last, name) >= 0)
                throw Damaged("names are out of order");
            if (entry.IsDirectory)
                CheckChild(number, i, entry.Size);
            else if (!block.IsListed)
                throw Damaged("a directory that has not been listed has a file");
            else
                (_files, _bytes) = (_files + 1, _bytes + entry.Size);
            last = name;
            start = end;
        }
        if (entries.IsEmpty && !names.IsEmpty)
            throw Damaged("an entry points outside");
    }

    // Of bytes that are UTF-8 in a row with others: the rest of EntryName.IsShown. One that began within a character would not be
    // UTF-8 by itself, nor would the one before it.
    private static bool IsName(ReadOnlySpan<byte> name) =>
        name.Length is > 0 and <= EntryName.MaxLength && (name[0] & 0xc0) != 0x80 && !(name.Length <= 2 && (name.SequenceEqual("."u8) || name.SequenceEqual(".."u8)));

    private void CheckChild(int parent, int position, long number)
    {
        _children++;
        if (number <= parent || number >= directories.Length || directories[number].Parent != parent || directories[number].Position != position)
            throw Damaged("its directories do not make a tree");
    }

    private SnapshotException Damaged(string what) => SnapshotBytes.Damaged(path, what);
}
