namespace S3Mount.FileSystem.Caching.Disk;

/// <summary>
/// The directory of a disk cache as somebody sees it who mounts nothing. Mounts may go on using it meanwhile. Everything here
/// blocks.
/// </summary>
public sealed class CacheDirectory
{
    private readonly DirectoryInfo _blocks;
    private readonly DirectoryInfo _listings;

    private CacheDirectory(string path)
    {
        Path = path;
        _blocks = new DirectoryInfo(System.IO.Path.Combine(path, "blocks"));
        _listings = new DirectoryInfo(System.IO.Path.Combine(path, "listings"));
    }

    public string Path { get; }

    private IEnumerable<FileInfo> Segments => _blocks.Exists ? _blocks.EnumerateFiles().Where(SegmentFiles.IsOurs).OrderBy(file => file.Name, StringComparer.Ordinal) : [];

    private IEnumerable<FileInfo> Listings => _listings.Exists ? _listings.EnumerateFiles().Where(IsListings) : [];

    /// <exception cref="DirectoryNotFoundException">It is none.</exception>
    /// <exception cref="IOException">It leads elsewhere.</exception>
    public static CacheDirectory Open(string path)
    {
        var directory = new CacheDirectory(System.IO.Path.GetFullPath(path));
        // Root may look after the cache of a user, who could have anything deleted by links.
        if ((directory._blocks.LinkTarget is not null ? directory._blocks : directory._listings.LinkTarget is not null ? directory._listings : null) is { } link)
            throw new IOException($"{link.FullName} is a link");
        return directory._blocks.Exists || directory._listings.Exists ? directory : throw new DirectoryNotFoundException($"{directory.Path} is no cache of s3mount: it has neither blocks nor listings");
    }

    /// <summary>What it has, without reading the contents.</summary>
    /// <exception cref="IOException"/>
    /// <exception cref="UnauthorizedAccessException"/>
    public CacheContents Measure()
    {
        var contents = new CacheContents();
        foreach (FileInfo file in Segments)
        {
            contents.Size += Length(file);
            if (file.Extension != CacheFormat.SegmentSuffix)
                contents.Unfinished++;
            else if (TryOpen(file, out string? problem) is { } segment)
                Add(contents, segment);
            else if (problem is not null)
                contents.Problems.Add(problem);
        }
        foreach (FileInfo file in Listings)
        {
            contents.Listings++;
            contents.ListingBytes += Length(file);
        }
        return contents;
    }

    /// <summary>Reads and checks every record, and marks what is wrong, so that no mount reads it again.</summary>
    /// <param name="onSegment">Told of each file that has been read: its bytes.</param>
    /// <exception cref="IOException"/>
    /// <exception cref="UnauthorizedAccessException"/>
    /// <exception cref="OperationCanceledException"/>
    public CacheContents Verify(Action<long> onSegment, CancellationToken cancellationToken)
    {
        var contents = new CacheContents();
        byte[] bytes = new byte[CacheFormat.GranuleSize];
        foreach (FileInfo file in Segments)
        {
            contents.Size += Length(file);
            if (file.Extension != CacheFormat.SegmentSuffix)
                contents.Unfinished++;
            else if (TryOpen(file, out string? problem) is { } segment)
                Verify(contents, segment, bytes, cancellationToken);
            else if (problem is not null)
                contents.Problems.Add(problem);
            onSegment(Length(file));
        }
        return contents;
    }

    /// <summary>Deletes what s3mount has put there, and nothing else. Mounts that use it fetch again what they read.</summary>
    /// <returns>What has gone.</returns>
    /// <exception cref="IOException"/>
    /// <exception cref="UnauthorizedAccessException"/>
    public CacheContents Clear()
    {
        var gone = new CacheContents();
        foreach (FileInfo file in Segments)
        {
            gone.Size += Length(file);
            gone.Segments++;
            file.Delete();
        }
        foreach (FileInfo file in Listings)
        {
            gone.ListingBytes += Length(file);
            gone.Listings++;
            file.Delete();
        }
        return gone;
    }

    // SavedListingsFile names them by 16 bytes in hex.
    private static bool IsListings(FileInfo file) =>
        file.Extension == ".listings" && file.Name.Length == 32 + ".listings".Length && file.Name.Take(32).All(char.IsAsciiHexDigitLower);

    private static void Add(CacheContents contents, CacheSegment segment)
    {
        using (segment)
        {
            contents.Segments++;
            contents.Records += segment.Count;
            for (int i = 0; i < segment.Count; i++)
                contents.Bytes += segment[i].Length;
        }
    }

    private static void Verify(CacheContents contents, CacheSegment segment, byte[] bytes, CancellationToken cancellationToken)
    {
        using (segment)
        {
            contents.Segments++;
            int bad = 0;
            for (int i = 0; i < segment.Count; i++)
            {
                cancellationToken.ThrowIfCancellationRequested();
                int length = segment[i].Length;
                contents.Records++;
                if (segment.TryRead(i, segment[i].Start, bytes.AsMemory(0, length)))
                    contents.Bytes += length;
                else if (segment.IsSpoiled(i))
                    contents.Discarded++;
                else if (TrySpoil(segment, i))
                    bad++;
            }
            if (bad > 0)
                contents.Problems.Add($"{segment.Path}: {bad} of {segment.Count} records are damaged; they have been marked, and are fetched again");
            contents.Bad += bad;
        }
    }

    // Once it has been deleted nothing of it is wrong any more.
    private static bool TrySpoil(CacheSegment segment, int entry)
    {
        if (!File.Exists(segment.Path))
            return false;
        segment.Spoil(entry);
        return true;
    }

    private static CacheSegment? TryOpen(FileInfo file, out string? problem)
    {
        problem = null;
        try
        {
            CacheSegment? segment = SegmentFiles.TryOpen(file.FullName);
            if (segment is null && File.Exists(file.FullName))
                problem = $"{file.FullName}: it is damaged as a whole; the next mount deletes it";
            return segment;
        }
        catch (NotSupportedException e)
        {
            problem = e.Message;
        }
        catch (FileNotFoundException)
        {
            // A mount has made room.
        }
        return null;
    }

    private static long Length(FileInfo file) => file.Exists ? file.Length : 0;
}
