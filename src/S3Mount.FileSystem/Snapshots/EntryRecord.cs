using System.Runtime.InteropServices;
using S3Mount.ObjectStore;

namespace S3Mount.FileSystem.Snapshots;

/// <summary>An entry of a directory, as it lies in the file. Its name ends where the next one's begins, or where all names end.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct EntryRecord
{
    public const int Length = 40;

    /// <summary>Storage classes that a byte can count.</summary>
    public const int MaxStorageClasses = 256;

    // Both above the largest form of a packed tag, which has six digits.
    private const uint DirectoryForm = 0xffffff;
    private const uint TextForm = 0xfffffe;
    private const int FormBits = 24;

    private static readonly long _firstTime = DateTimeOffset.MinValue.ToUnixTimeSeconds();
    private static readonly long _lastTime = DateTimeOffset.MaxValue.ToUnixTimeSeconds();

    /// <summary>As in <see cref="PackedETag"/>. Of a tag in text: its offset in the strings, where it stands in quotes.</summary>
    public ulong TagHigh;

    /// <summary>As in <see cref="PackedETag"/>. Of a tag in text: its length in bytes, quotes included.</summary>
    public ulong TagLow;

    /// <summary>Bytes. Of a directory: its number.</summary>
    public long Size;

    /// <summary>Seconds since 1970.</summary>
    public long LastModified;

    /// <summary>From the beginning of the directory's names.</summary>
    public uint NameOffset;

    /// <summary>
    /// The lower 24 bits: form of the tag as in <see cref="PackedETag"/>; 0xfffffe: a tag in text; 0xffffff: a directory. The
    /// upper 8 bits: code of the storage class.
    /// </summary>
    public uint FormAndClass;

    public readonly bool IsDirectory => Form == DirectoryForm;

    public readonly int StorageClass => (int)(FormAndClass >> FormBits);

    private readonly uint Form => FormAndClass & ((1u << FormBits) - 1);

    public static EntryRecord ForDirectory(int number) => new() { Size = number, FormAndClass = DirectoryForm };

    public static EntryRecord ForFile(in ObjectVersion version, int storageClass, StringTable strings)
    {
        var record = new EntryRecord { Size = version.Size, LastModified = version.LastModified };
        uint form = TextForm;
        if (version.ETag.TryPack(out PackedETag tag) && tag.Form < TextForm)
            (record.TagHigh, record.TagLow, form) = (tag.High, tag.Low, (uint)tag.Form);
        else
            (record.TagHigh, record.TagLow) = strings.AddTag(version.ETag.ToString());
        record.FormAndClass = form | ((uint)storageClass << FormBits);
        return record;
    }

    /// <summary>Of a file.</summary>
    public readonly ObjectVersion Version(ReadOnlySpan<byte> strings) => new(Tag(strings), Size, LastModified);

    /// <summary>Whether seconds since 1970 are a time that can be written as one.</summary>
    public static bool IsTime(long seconds) => seconds >= _firstTime && seconds <= _lastTime;

    /// <summary>Whether it can be read without harm, its name apart.</summary>
    public readonly bool IsSound(int storageClasses, int stringsLength)
    {
        if (IsDirectory)
            return true;
        bool hasTag = Form != TextForm || (TagHigh <= (ulong)stringsLength && TagLow <= (ulong)stringsLength - TagHigh);
        return hasTag && Size >= 0 && IsTime(LastModified) && StorageClass < storageClasses;
    }

    // Parsing takes away the quotes that were added, and so none of the tag's own.
    private readonly ETag Tag(ReadOnlySpan<byte> strings) => Form == TextForm
        ? ETag.Parse(strings.Slice((int)TagHigh, (int)TagLow))
        : ETag.Unpack(new PackedETag(TagHigh, TagLow, (int)Form));
}
