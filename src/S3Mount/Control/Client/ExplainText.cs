using System.Globalization;
using System.Text;
using S3Mount.FileSystem.Explaining;
using S3Mount.ObjectStore;

namespace S3Mount.Control.Client;

/// <summary>What is known of a file, for people.</summary>
internal static class ExplainText
{
    /// <summary>Of ranges, as many as fit two lines.</summary>
    private const int MostRanges = 6;

    public static string Write(FileExplanation file)
    {
        var text = new StringBuilder();
        Line(file.IsDirectory ? "prefix" : "key", file.Key.Length == 0 ? "(the whole bucket)" : new ObjectKey(file.Key).ToString());
        if (!file.IsDirectory)
        {
            Line("version", file.ETag is { } tag ? $"ETag {tag}" : "no ETag that pins it: nothing of it is kept on a disk");
            Line("size", string.Create(CultureInfo.InvariantCulture, $"{file.Size:N0} bytes, written {file.LastModified:yyyy-MM-dd HH:mm:ss'Z'}{(file.StorageClass.Length > 0 ? $", {file.StorageClass}" : "")}"));
        }
        Line("known", Known(file));
        if (file.IsDirectory)
        {
            Line("listing", file.Entries is { } entries ? string.Create(CultureInfo.InvariantCulture, $"{entries:N0} entries") : "none that may answer now");
            return text.ToString();
        }
        Line("kernel", file.IsKnownToKernel ? "holds the inode; which of its pages it has, only it knows" : "does not hold the inode: nothing of it is in the page cache");
        Line("memory", Ranges(file.InMemory, file.Size));
        if (file.Arriving.Count > 0)
            Line("on the way", Ranges(file.Arriving, file.Size));
        Line("disk cache", file.OnDisk is { } onDisk ? Ranges(onDisk, file.Size) : "none (--cache)");
        Line("a read", Read(file));
        return text.ToString();

        void Line(string name, string value) => text.Append(CultureInfo.InvariantCulture, $"{name,-11} {value}\n");
    }

    internal static string Ranges(IReadOnlyList<ByteRange> ranges, long size)
    {
        long bytes = ranges.Sum(range => range.Length);
        if (bytes == 0)
            return "nothing";
        if (bytes == size)
            return "all of it";
        string shown = string.Join(", ", ranges.Take(MostRanges).Select(range => string.Create(CultureInfo.InvariantCulture, $"{range.Offset:N0}-{range.Offset + range.Length - 1:N0}")));
        string more = ranges.Count > MostRanges ? string.Create(CultureInfo.InvariantCulture, $", and {ranges.Count - MostRanges:N0} more ranges") : "";
        return string.Create(CultureInfo.InvariantCulture, $"{StatusText.Size(bytes)} of {StatusText.Size(size)}: {shown}{more}");
    }

    private static string Known(FileExplanation file)
    {
        string by = file.KnownBy switch
        {
            KnownBy.Listing when file.Key.Length == 0 => "as the root of the mount",
            KnownBy.Listing => "by the listing of its directory",
            KnownBy.Lookup => "by a lookup of its name",
            _ => "by the store, which was asked just now",
        };
        return file.HoldsForSeconds is { } seconds ? $"{by}; that holds for {StatusText.Span(TimeSpan.FromSeconds(seconds))}" : $"{by}; that holds for ever";
    }

    private static string Read(FileExplanation file)
    {
        if (file.Size == 0)
            return "asks nobody: it is empty";
        string fromKernel = file.IsKnownToKernel ? "takes what the kernel has, then " : "takes ";
        bool isWhole = file.InMemory.Sum(range => range.Length) == file.Size;
        if (isWhole)
            return fromKernel + "all from memory";
        long onDisk = file.OnDisk?.Sum(range => range.Length) ?? 0;
        List<string> places = [];
        if (file.InMemory.Count > 0 || file.Arriving.Count > 0)
            places.Add("memory");
        if (onDisk > 0)
            places.Add("the disk cache");
        if (onDisk < file.Size)
            places.Add(onDisk > 0 || places.Count > 0 ? "the rest from the store" : "all from the store");
        return fromKernel + string.Join(", ", places.Select(place => place.Contains("from", StringComparison.Ordinal) ? place : "what is in " + place));
    }
}
